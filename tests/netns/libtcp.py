# SPDX-License-Identifier: BSD-2-Clause
"""One scenario, three ways: what a direct connection shows is the judge of the other two.

    client                     host                          server
    eth0 ═══════════════ eth1  forwards :2599  eth2 ════════ eth0   direct
    10.1.0.1  fd00:1::1   .2   scrimd  :5140          .1     .2     mode proxy
                               scrimd  :2600                        mode gateway

A scenario is a function of two connected sockets (the client's, the server's) whose value says what
each end saw. same() runs it each way and compares.
"""
import array
import contextlib
import fcntl
import hashlib
import random
import socket
import struct
import termios
import time

from liblocal import Deltas
from libproxy import Stand, accepted
from netlib import TIMEOUT, Scrimd, Thread, eventually

DIRECT, GATE, PROXY, PROXY6 = 2599, 2600, 5140, 5160
RESET = struct.pack("ii", 1, 0)
KIB, MIB = 1 << 10, 1 << 20
WAYS = ("direct", "proxy", "gateway")
WORDS = b"alpha bravo charlie delta echo foxtrot golf hotel\n"


def config(limits="", listeners="", gateway=True):
    """For text without a value in it: its bytes stay, but are held like any."""
    common = "format: text, mask: both, policy: strict"
    gate = f"  - {{name: gate, mode: gateway, port: {GATE}, interfaces: {{clients: eth1, servers: eth2}}, {common}}}\n"
    return f"""version: 1
workers: 2
limits: {{hold: 60s{", " if limits else ""}{limits}}}
listeners:
  - {{name: proxy, mode: proxy, port: {PROXY}, upstream: "10.2.0.2:{DIRECT}", {common}}}
  - {{name: proxy6, mode: proxy, port: {PROXY6}, upstream: "[fd00:2::2]:{DIRECT}", {common}}}
{gate if gateway else ""}{listeners}policies:
  strict: {{rules: [builtin]}}
"""


class Ways(Stand):
    def __init__(self, lab):
        super().__init__(lab)
        self.host.forward()
        for ns, net, via in ((self.client, "2", "10.1.0.2"), (self.server, "1", "10.2.0.1")):
            ns.route(f"10.{net}.0.0/24", "via", via)
            ns.route(f"fd00:{net}::/64", "via", "fd00:1::2" if ns is self.client else "fd00:2::1")

    @contextlib.contextmanager
    def scrimd(self, limits="", listeners="", gateway=True):
        with Scrimd(self.lab, self.host, config(limits, listeners, gateway)) as d:
            yield d
        self.lab.scrim("detach", "--force")

    def address(self, way, server="10.2.0.2"):
        """What a client dials."""
        if way == "proxy":
            return ("fd00:1::2", PROXY6) if ":" in server else ("10.1.0.2", PROXY)
        return server, DIRECT if way == "direct" else GATE

    def listening(self, way, server="10.2.0.2", backlog=4096):
        return self.server.listening(server, GATE if way == "gateway" else DIRECT, backlog)

    def dial(self, way, server="10.2.0.2", **kw):
        s = self.client.connected(*self.address(way, server), **kw)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return s

    def open(self, way, server="10.2.0.2"):
        """The two ends of a connection; nobody listens for another."""
        with self.listening(way, server) as listening:
            client = self.dial(way, server)
            return client, accepted(listening)

    def same(self, d, scenario, *cases, server="10.2.0.2", **counts):
        """
        The scenario with each case's arguments, each way. counts: what scrim's two ways count
        together. What was seen, by case.
        """
        before = Deltas(d)
        all_seen = []
        for case in cases:
            seen = {}
            for way in WAYS:
                client, peer = self.open(way, server)
                with client, peer:
                    seen[way] = scenario(client, peer, *case)
            for way in WAYS[1:]:
                assert seen[way] == seen["direct"], f"{case}: {way}: {seen[way]}, direct: {seen['direct']}"
            all_seen.append(seen["direct"])
        before.expect(**counts)
        return all_seen


def text(seed, size):
    """Words in a random order."""
    rng = random.Random(seed)
    lines = [WORDS[:rng.randrange(1, len(WORDS))] + b"\n" for _ in range(500)]
    block = b"".join(lines)
    at = rng.randrange(len(block))
    return ((block[at:] + block[:at]) * (size // len(block) + 1))[:size]


def lines(seed, size):
    """The same, up to the end of a line: none of it is held."""
    return text(seed, size)[:-1] + b"\n" if size else b""


def digest(data):
    return len(data), hashlib.blake2b(data).hexdigest()


def reset(s):
    """Closes with a reset."""
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    s.close()


def unacknowledged(s):
    """Bytes that the other kernel has not acknowledged."""
    n = array.array("i", [0])
    fcntl.ioctl(s.fileno(), termios.TIOCOUTQ, n)
    return n[0]


def settle(s):
    """Waits until the other kernel has all of it."""
    eventually(lambda: not unacknowledged(s), "all is acknowledged")


def pour(s, data, end=True):
    s.sendall(data)
    if end:
        s.shutdown(socket.SHUT_WR)


def drink(s):
    """All there is, and how it ends: ((bytes, hash), "eof" or "reset")."""
    data, end = drink_bytes(s)
    return digest(data), end


def drink_bytes(s):
    data = bytearray()
    try:
        while piece := s.recv(MIB):
            data += piece
    except (ConnectionResetError, BrokenPipeError):
        return bytes(data), "reset"
    return bytes(data), "eof"


def stuff(s, data, quiet=0.3):
    """Sends until no byte has been taken for a while; how many were."""
    s.setblocking(False)
    sent, last = 0, time.monotonic()
    while time.monotonic() - last < quiet and sent < len(data):
        try:
            sent += s.send(data[sent:sent + MIB])
            last = time.monotonic()
        except BlockingIOError:
            time.sleep(0.01)
    s.settimeout(TIMEOUT)
    return sent
