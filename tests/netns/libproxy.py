# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of mode proxy share.

    client                     host                          server
    eth0 ═══════════════ eth1  scrimd  eth2 ═══════════════ eth0
    10.1.0.1  fd00:1::1   .2   :5140 text, :5141 both ways,  .2  fd00:2::2
                               :2575 HL7
"""
import socket
import subprocess
import tempfile

from liblocal import config
from libservice import Service
from netlib import BUILD, TIMEOUT, Scrimd

TEXT, BOTH, HL7, UPSTREAM = 5140, 5141, 2575, 2599
FAMILIES = {"IPv4": ("10.1.0.2", "10.2.0.2"), "IPv6": ("fd00:1::2", "fd00:2::2")}
RAW, MASKED = b"SSN 123-45-6789\n", b"SSN 111-11-1111\n"
MSH = b"MSH|^~\\&|A|B|C|D|20200501||ORU^R01|1|P|2.5\r"


def listeners(server, limits):
    """Three of them, all going on to one address."""
    upstream = f'upstream: "{f"[{server}]" if ":" in server else server}:{UPSTREAM}"\nmode: proxy'
    return config(("text", f"port: {TEXT}\n{upstream}"),
                  ("both", f"port: {BOTH}\nmask: both\npolicy: second\n{upstream}"),
                  ("hl7", f"port: {HL7}\nformat: hl7\n{upstream}"),
                  limits=limits,
                  policies="policies:\n  strict: {rules: [builtin]}\n  second: {rules: [builtin]}\n")


# A sender that a busy machine stops in the middle of a value must not look like one that waits.
HOLD = "hold: 60s"


class Stand:
    def __init__(self, lab):
        self.lab = lab
        self.client, self.host, self.server = (lab.namespace(n) for n in ("client", "host", "server"))
        self.wire_client()
        self.lab.link(self.server, "eth0", ["10.2.0.2/24", "fd00:2::2/64"],
                      self.host, "eth2", ["10.2.0.1/24", "fd00:2::1/64"])

    def wire_client(self):
        self.lab.link(self.client, "eth0", ["10.1.0.1/24", "fd00:1::1/64"],
                      self.host, "eth1", ["10.1.0.2/24", "fd00:1::2/64"])

    def addresses(self, ns):
        """IPv6 addresses go with a link that is set down."""
        address = "fd00:1::1/64" if ns is self.client else "fd00:2::2/64"
        ns.run("ip", "addr", "replace", address, "dev", "eth0", "nodad")

    def scrimd(self, server="10.2.0.2", limits=HOLD, workers=2):
        text = listeners(server, limits).replace("workers: 2", f"workers: {workers}")
        return Scrimd(self.lab, self.host, text)

    def service(self):
        return Service(self.server, "dual", UPSTREAM)

    def listening(self, server="10.2.0.2"):
        """For a test that reads by itself."""
        return self.server.listening(server, UPSTREAM)

    def dial(self, port, dialled="10.1.0.2"):
        s = self.client.connected(dialled, port)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return s


def accepted(listening):
    s, _ = listening.accept()
    s.settimeout(TIMEOUT)
    return s


def memory(d, key="VmRSS"):
    """Of the daemon, in MiB; VmHWM: the most it ever was."""
    with open(f"/proc/{d.process.pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith(key)) / 1024


def filtered(data, format="text"):
    with tempfile.NamedTemporaryFile() as f:
        f.write(data)
        f.flush()
        return subprocess.run([f"{BUILD}/scrim", "filter", "--format", format, f.name],
                              stdout=subprocess.PIPE, check=True, timeout=60).stdout
