# SPDX-License-Identifier: BSD-2-Clause
"""The stand of the gateway's tests.

     client                       ingest (scrimd)                       server
    10.1.0.1   c0 ════ clients  10.1.0.254 │ 10.2.0.254  servers ════ s0   10.2.0.2  protected
    10.1.0.200 (research)                  │                               10.3.0.1  not protected
    fd00:1::1, fd00:1::c8                                                  fd00:2::2, fd00:3::1

    one-armed:  client c0 ══╗
                            ╠══ bridge of a namespace "switch" ══ both  ingest
                server s0 ══╝

Hops are counted down from 40 at the client, 50 at the server, 64 at the ingest host: a packet that
arrives with 39 or 49 was forwarded, whoever it says it is from; one with 64 is scrim's own.
"""
import contextlib
import json
import os
import socket
import time
from dataclasses import dataclass

from libcapture import TCP, Capture
from libpackets import Wire, ip, udp
from netlib import TIMEOUT, Lab, Scrimd, Thread, eventually, mac, read_end, read_exactly, run

PORT, OTHER, FENCE = 2575, 2600, 9
CLIENT_HOPS, SERVER_HOPS = 40, 50
RAW = b"SSN 123-45-6789, 1953-07-28\n"
MASKED = b"SSN 111-11-1111, 1111-11-11\n"
LIMITED = b"SSN 111-11-1111, 1953-07-28\n"
SECRET = (b"123-45", b"45-6789", b"1953-07")
PLAIN = b"the weather is fine today, thank you\n"


@dataclass(frozen=True)
class Family:
    name: str
    af: int
    client: str
    research: str
    server: str
    outside: str
    gate_clients: str  # addresses of the ingest host
    gate_servers: str
    any: str
    words: tuple       # of `ip`


V4 = Family("IPv4", socket.AF_INET, "10.1.0.1", "10.1.0.200", "10.2.0.2", "10.3.0.1",
            "10.1.0.254", "10.2.0.254", "0.0.0.0", ("-4",))
V6 = Family("IPv6", socket.AF_INET6, "fd00:1::1", "fd00:1::c8", "fd00:2::2", "fd00:3::1",
            "fd00:1::fe", "fd00:2::fe", "::", ("-6",))
FAMILIES = (V4, V6)

NETWORKS = 'servers: [10.2.0.0/24, "fd00:2::/64"]'


def config(servers=NETWORKS, mask="to-server", policy="strict", interfaces=("clients", "servers"),
           upstream="original", port=PORT, hold="60s"):
    """hold is long: how a busy machine cuts a stream in time is not what these tests are about."""
    return f"""version: 1
workers: 2
limits: {{hold: {hold}}}
listeners:
  - name: gate
    mode: gateway
    interfaces: {{clients: {interfaces[0]}, servers: {interfaces[1]}}}
    {servers}
    port: {port}
    upstream: {upstream}
    format: text
    mask: {mask}
    policy: {policy}
    roles:
      - {{sources: [10.1.0.128/25, "fd00:1::c8/128"], policy: limited, name: research}}
policies:
  strict: {{rules: [builtin]}}
  limited: {{rules: [builtin], except: [date]}}
  digits: {{rules: [unlikely]}}
rules:
  - {{name: unlikely, class: other-id, pattern: 'never-in-this-stream-[0-9]{{8}}'}}
"""


class Stand(Lab):
    called = "gw"
    interfaces = ("clients", "servers")  # of the ingest host

    def __init__(self):
        super().__init__(self.called)
        self.client, self.ingest, self.server = (self.namespace(n) for n in ("client", "ingest", "server"))
        self.link_clients()
        self.link_servers()
        for ns, hops in ((self.client, CLIENT_HOPS), (self.server, SERVER_HOPS)):
            ns.sysctl("net.ipv4.ip_default_ttl", hops)
            for interface in ("all", "default", "c0" if ns is self.client else "s0"):
                ns.sysctl(f"net.ipv6.conf.{interface}.hop_limit", hops)
            # A test dials a steered port many times a second: none may have to wait for another.
            ns.sysctl("net.ipv4.ip_local_port_range", "10000 60000")
        self.ingest.forward()
        self.wires = {}

    def __exit__(self, *exc):
        for wire in self.wires.values():
            wire.close()
        super().__exit__(*exc)

    # --- links, which tests cut and make again ---------------------------------------------------

    def _client_routes(self):
        for f in FAMILIES:
            self.client.route("default", "via", f.gate_clients)

    def _server_routes(self):
        for f in FAMILIES:
            self.server.route("default", "via", f.gate_servers)
            self.ingest.route(f.outside, "via", f.server)

    def link_clients(self):
        self.link(self.client, "c0", ["10.1.0.1/24", "10.1.0.200/24", "fd00:1::1/64", "fd00:1::c8/64"],
                  self.ingest, "clients", ["10.1.0.254/24", "fd00:1::fe/64"])
        self._client_routes()

    def link_servers(self):
        self.link(self.server, "s0", ["10.2.0.2/24", "10.3.0.1/32", "fd00:2::2/64", "fd00:3::1/128"],
                  self.ingest, "servers", ["10.2.0.254/24", "fd00:2::fe/64"])
        self._server_routes()

    def unlink(self, interface):
        """The ingest host's interface is deleted, and the far end with it."""
        self.ingest.run("ip", "link", "del", interface)
        for wire in self.wires.values():
            wire.close()
        self.wires.clear()

    def link_again(self, interface):
        """Deleted and made anew."""
        self.unlink(interface)
        (self.link_clients if interface == "clients" else self.link_servers)()

    # --- the program on them: a tcx link, before Linux 6.6 a filter of clsact ---------------------

    def programs(self, way="ingress"):
        """The ingest host's interfaces with a program on that way, and its identifier."""
        found = json.loads(self.ingest.run("bpftool", "-j", "net", "show"))[0]["tc"]
        return {p["devname"]: p.get("prog_id", p.get("id")) for p in found
                if p["kind"] in (f"tcx/{way}", f"clsact/{way}")}

    def detach_program(self, interface, way="ingress"):
        pins = f"/sys/fs/bpf/scrim-{self.name}"
        if os.path.exists(f"{pins}/tcx-{interface}"):
            run("bpftool", "link", "detach", "pinned", f"{pins}/{'tcx' if way == 'ingress' else way}-{interface}")
        else:
            self.ingest.run("tc", "filter", "del", "dev", interface, way)
        assert interface not in self.programs(way)

    # --- what goes over them ---------------------------------------------------------------------

    def scrimd(self, *words, text=None, under=(), **kw):
        kw.setdefault("interfaces", self.interfaces)
        return Scrimd(self, self.ingest, text or config(**kw), *words, under=under)

    def at_server(self):
        return Capture(self.server, "s0")

    def at_client(self):
        return Capture(self.client, "c0")

    def wire(self, side):
        """Frames from the client or the server to the ingest host."""
        if side not in self.wires:
            ns, near, far = ((self.client, "c0", self.interfaces[0]) if side == "client"
                             else (self.server, "s0", self.interfaces[1]))
            self.wires[side] = Wire(ns, near, mac(self.ingest, far), mac(ns, near))
        return self.wires[side]

    def listen(self, f, port=PORT, host=None):
        return self.server.listening(host or f.server, port)

    def dial(self, f, port=PORT, host=None, source=None, timeout=TIMEOUT):
        return self.client.connected(host or f.server, port, source or (f.client, 0), timeout)

    @contextlib.contextmanager
    def segments(self):
        """The ingest host cuts what it sends into segments itself meanwhile: captures see them as they are."""
        def offload(word):
            for interface in set(self.interfaces):
                self.ingest.run("ethtool", "-K", interface, "tso", word, "gso", word)
        offload("off")
        try:
            yield
        finally:
            offload("on")

    def fence(self, f, seen, side="client"):
        """All that was sent before has arrived at the capture, or never will: a datagram did after it."""
        a, b = (f.client, f.server) if side == "client" else (f.server, f.client)
        mark = b"fence %d" % time.monotonic_ns()
        self.wire(side).send(ip(a, b, 17, udp(a, b, 4444, FENCE, mark)))
        seen.wait(lambda p: p.payload == mark, "the fence")


class OneArmed(Stand):
    """Both sides on one interface."""

    called = "arm"
    interfaces = ("both", "both")

    def link_clients(self):
        """All links: the ingest host has one."""
        switch = self.namespace("switch")
        switch.run("ip", "link", "add", "br0", "type", "bridge")
        for ns, name, port, addresses in (
                (self.client, "c0", "p1", ["10.1.0.1/24", "10.1.0.200/24", "fd00:1::1/64", "fd00:1::c8/64"]),
                (self.server, "s0", "p2", ["10.2.0.2/24", "10.3.0.1/32", "fd00:2::2/64", "fd00:3::1/128"]),
                (self.ingest, "both", "p3", ["10.1.0.254/24", "10.2.0.254/24", "fd00:1::fe/64", "fd00:2::fe/64"])):
            self.link(ns, name, addresses, switch, port, [])
            switch.run("ip", "link", "set", port, "master", "br0")
        switch.run("ip", "link", "set", "br0", "up")
        self._client_routes()
        self._server_routes()

    def link_servers(self):
        """Made with the clients'."""


def flows(d):
    """The counters of what is sent; not of redirects, which the kernel makes when it likes where one interface is both sides."""
    return {name: count for name, count in d.flows().items() if name != "redirect"}


def forwarded(packets):
    """Packets of TCP that somebody else's stack sent: they came through the ingest host as they were."""
    return [p for p in packets if p.protocol == TCP and not p.sent and
            p.ttl in (CLIENT_HOPS - 1, SERVER_HOPS - 1)]


def nothing_raw(packets):
    """No steered packet was forwarded, and no payload has a part of a planted value."""
    bad = [p for p in forwarded(packets) if PORT in (p.sport, p.dport)]
    assert not bad, f"{len(bad)} packets were forwarded, the first {bad[0]}"
    stream = b"".join(p.payload for p in packets if not p.sent)
    for part in SECRET:
        assert part not in stream, f"{part!r} arrived"
        assert not any(part in p.frame for p in packets if not p.sent), f"{part!r} arrived, covered"


def accepted(listener, c):
    """The server's end of c, which has the client's own address and port; others are ended."""
    while True:
        s, peer = listener.accept()
        if peer[:2] == c.getsockname()[:2]:
            s.settimeout(TIMEOUT)
            return s
        s.close()


def transfer(stand, f, data=RAW, want=MASKED, listener=None, **kw):
    """One connection through the gateway: what the server gets, and that its answer comes back."""
    own = listener or stand.listen(f, kw.get("port", PORT), kw.get("host"))
    try:
        with stand.dial(f, **kw) as c:
            with accepted(own, c) as s:
                sender = Thread(c.sendall, data)
                got = read_exactly(s, len(want))
                assert got == want, (got[:200], want[:200])
                sender.result()
                s.sendall(PLAIN)
                assert read_exactly(c, len(PLAIN)) == PLAIN
                c.shutdown(socket.SHUT_WR)
                assert read_end(s) == (b"", False)
                s.close()
                assert read_end(c) == (b"", False)
    finally:
        if not listener:
            own.close()


def all_ended(stand, d):
    """Waits until the daemon has let go of its connections: it counts how they ended before that."""
    eventually(lambda: f"pid={d.process.pid}," not in stand.ingest.run("ss", "-Htnp"), "the daemon's connections end")


def works(stand, f, listener):
    """Waits until connections go through, masked."""
    def once():
        try:
            transfer(stand, f, listener=listener, timeout=0.5)
        except (OSError, AssertionError):
            drop_queue(listener)
            return False
        return True
    eventually(once, "a connection through the gateway")


def drop_queue(listener):
    """Forgets connections that a listener was made and nobody took."""
    listener.settimeout(0)
    with contextlib.suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()
    listener.settimeout(TIMEOUT)


def refused(stand, f, **kw):
    """Whether a connection is refused; None if it was neither refused nor made."""
    try:
        stand.dial(f, timeout=kw.pop("timeout", 5), **kw).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        return None
    return False
