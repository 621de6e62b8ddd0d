# SPDX-License-Identifier: BSD-2-Clause
"""scrimd in mode proxy, its clients and its server: what tests of the daemon from outside share."""
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(HERE, "../..", os.environ.get("SCRIM_BUILD", "build"))
SCRIM, SCRIMD = os.path.join(BUILD, "scrim"), os.path.join(BUILD, "scrimd")
INSTANCE = f"daemon-test{os.getpid()}"
TIMEOUT = 60  # what takes longer hangs
RAW, MASKED = b"SSN 123-45-6789, 1953-07-28\n", b"SSN 111-11-1111, 1111-11-11\n"
LIMITED = b"SSN 111-11-1111, 1953-07-28\n"


def listening(host="127.0.0.1"):
    s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    s.settimeout(TIMEOUT)
    s.bind((host, 0))
    s.listen()
    return s


def free_port():
    with listening() as s:
        return s.getsockname()[1]


def config(port, server, extra="", more=""):
    """A sender that a busy host stops in the middle of a value must not look like one that waits: hold."""
    host, upstream = server.getsockname()[:2]
    host = f"[{host}]" if ":" in host else host
    return f"""version: 1
workers: 2
limits: {{hold: 60s, drain: 2s}}
listeners:
  - name: test
    mode: proxy
    listen: [127.0.0.1, "::1"]
    port: {port}
    upstream: "{host}:{upstream}"
    format: text
    mask: {'both' if 'both' in more else 'to-server'}
    policy: strict
{extra}
policies:
  strict: {{rules: [builtin]}}
  limited: {{rules: [builtin], except: [date]}}
  raw: {{default: none}}
"""


ROLES = """    roles:
      - {sources: [127.0.0.0/24], policy: limited}
      - {sources: [127.0.0.3/32], policy: raw}
      - {sources: [127.0.0.1/32], policy: strict}
"""


class Daemon:
    """scrimd with its log lines; ready once it says so."""

    def __init__(self, text, *args, user=None, instance=INSTANCE, under=()):
        self.file = tempfile.NamedTemporaryFile("w", suffix=".yaml")
        os.chmod(self.file.name, 0o644)
        self.file.write(text)
        self.file.flush()
        command = [SCRIMD, "--config", self.file.name, *args]
        if instance:
            command += ["--instance", instance]
        if user:
            command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *command]
        self.process = subprocess.Popen([*under, *command], stderr=subprocess.PIPE, text=True)
        self.lines, self.ready = [], threading.Event()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.ready.wait(3 * TIMEOUT)

    def read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip())
            if ": ready" in line:
                self.ready.set()
        self.ready.set()

    def wait(self):
        code = self.process.wait(TIMEOUT)
        self.reader.join(TIMEOUT)
        return code

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def __enter__(self):
        assert self.process.poll() is None, self.lines
        return self

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def __exit__(self, *_):
        self.close()


def dial(port, host="127.0.0.1", source=None):
    return socket.create_connection((host, port), TIMEOUT, (source, 0) if source else None)


def accept(server):
    s, _ = server.accept()
    s.settimeout(TIMEOUT)
    return s


def read_exactly(s, n):
    data = b""
    while len(data) < n:
        piece = s.recv(n - len(data))
        assert piece, f"the stream ended after {data!r}"
        data += piece
    return data


def send_through(port, server, data=RAW, host="127.0.0.1", source=None):
    """What the server receives of data, to the end of the stream."""
    with dial(port, host, source) as client, accept(server) as peer:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        got = b""
        while piece := peer.recv(65536):
            got += piece
        peer.sendall(b"ack 123-45-6789")
        peer.shutdown(socket.SHUT_WR)
        assert read_exactly(client, 15), "no answer"
        assert client.recv(1) == b""
    return got


def status():
    out = subprocess.run([SCRIM, "status", "--json", "--instance", INSTANCE], capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    return json.loads(out.stdout)


def count(rule, role):
    rows = [r for r in status()["rules"] if (r["rule"], r["role"]) == (rule, role)]
    return rows[0]["matches"] if rows else 0


def is_reset(s):
    try:
        return s.recv(1) == b"never"
    except ConnectionResetError:
        return True


def until_reset(s):
    """What comes before a reset; a clean end is none."""
    got = b""
    with contextlib.suppress(ConnectionResetError):
        while True:
            data = s.recv(64)
            assert data, "a clean end"
            got += data
    return got


def run_tests(tests):
    """Runs functions named test_...; words on the command line select. The exit code."""
    passed = failed = 0
    if os.geteuid():
        sys.exit("needs root")
    tests = [(n, f) for n, f in tests.items() if n.startswith("test_")]
    if sys.argv[1:]:
        tests = [(n, f) for n, f in tests if any(word in n for word in sys.argv[1:])]
    # The rows that tests compare exist from the first start on.
    with listening() as server, Daemon(config(free_port(), server)) as d:
        d.end()
    for name, test in tests:
        try:
            test()
        except Exception:
            failed += 1
            print(f"FAIL {name[5:]}\n{traceback.format_exc()}", flush=True)
        else:
            passed += 1
            print(f"ok   {name[5:]}", flush=True)
    subprocess.run([SCRIM, "detach", "--instance", INSTANCE], stdout=subprocess.DEVNULL)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return failed != 0
