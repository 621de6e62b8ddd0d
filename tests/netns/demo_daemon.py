# SPDX-License-Identifier: BSD-2-Clause
"""scrim on the ingest host: the daemon started, killed and ended; its counters read from outside."""
import json
import pathlib
import signal
import textwrap
import time

from demo_net import BPFFS, PORT, run

START_SECONDS = 60  # on a busy machine too
CONFIG = f"""\
version: 1
limits: {{hold: 5s}}   # a busy host may pause a sender for longer than the usual 2 ms
listeners:
  - name: lab-feed
    mode: gateway
    interfaces: {{clients: clients, servers: servers}}
    servers: [10.2.0.0/24, "fd00:2::/64"]
    port: {PORT}
    format: hl7
    mask: to-server
    policy: safe-harbor
policies:
  safe-harbor: {{rules: [builtin]}}
"""


class Scrim:
    def __init__(self, hosts, build, work, instance):
        self.hosts, self.instance, self.process = hosts, instance, None
        self.scrim, self.scrimd = str(build / "scrim"), str(build / "scrimd")
        self.config, self.log = work / "scrim.yaml", work / "scrimd.log"
        self.pins = pathlib.Path(f"{BPFFS}/scrim-{instance}")
        self.config.write_text(CONFIG)

    def start(self):
        """Returns how long it took until it was ready."""
        begun, said = time.monotonic(), self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as log:
            self.process = self.hosts.popen("ingest", self.scrimd, "--config", str(self.config),
                                            "--instance", self.instance, stderr=log)
        while b": ready" not in self.log.read_bytes()[said:]:
            if self.process.poll() is not None or time.monotonic() > begun + START_SECONDS:
                raise RuntimeError("scrimd did not start:\n" +
                                   self.log.read_bytes()[said:].decode(errors="replace"))
            time.sleep(0.01)
        return time.monotonic() - begun

    def kill(self):
        self.process.kill()
        self.process.wait(60)

    def end(self):
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(90)

    def detach(self, *options):
        return self.hosts.run("ingest", self.scrim, "detach", "--instance", self.instance,
                              *options)

    def rows(self, map_name):
        """A map's rows, as bpftool prints them."""
        text = run("bpftool", "-j", "map", "dump", "pinned", str(self.pins / map_name))
        return [entry["formatted"]["value"] for entry in json.loads(text)]

    def rules(self):
        return [row for row in self.rows("rules") if row["rule"]]

    def matches(self):
        return {row["rule"]: row["matches"] for row in self.rules()}

    def flow(self, name):
        return next(row["count"] for row in self.rows("flow") if row["name"] == name)

    def metrics(self):
        return (self.pins / "metrics").read_text()

    def bpftool_row(self):
        """The first rule's row as bpftool prints it for people, without what is reserved."""
        text = run("bpftool", "map", "dump", "pinned", str(self.pins / "rules"))
        row = text[text.index('"value"'):text.index('"reserved"')]
        return textwrap.dedent(" " * 8 + row).rstrip(", \n") + "\n}"

    def left(self):
        """What is still there of scrim, as words; nothing after a detach."""
        inside = self.hosts.run
        rules = inside("ingest", "ip", "rule") + inside("ingest", "ip", "-6", "rule")
        routes = "".join(inside("ingest", "ip", f"-{v}", "route", "show", "table", "5713",
                                check=False) for v in (4, 6))
        programs = inside("ingest", "bpftool", "net")
        return [what for what, there in (
            ("pins", self.pins.exists()), ("policy rules", "proto 157" in rules),
            ("routes", "local" in routes), ("programs", "steer" in programs)) if there]
