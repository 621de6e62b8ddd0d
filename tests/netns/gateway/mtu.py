# SPDX-License-Identifier: BSD-2-Clause
"""ICMP errors about scrim's connections reach scrim's sockets; others are forwarded as before."""
import contextlib

from gateway.bulk import tells_mtu, text
from gateway.stand import OTHER, PORT, accepted
from libcapture import TCP
from libpackets import icmp_too_big, ip, tcp
from netlib import read_exactly

MEGABYTE = 1 << 20
LOW = 1290


@contextlib.contextmanager
def silent(ns, towards):
    """The stack of this host answers nothing to an address meanwhile: no acknowledgement comes."""
    route = ("ip", "-6" if ":" in towards else "-4", "route")
    ns.run(*route, "add", "blackhole", towards)
    try:
        yield
    finally:
        ns.run(*route, "del", "blackhole", towards)


def test_injected(stand, d, f):
    """A too-big error about either leg of a connection lowers scrim's own segments, and bothers neither end."""
    block = text(MEGABYTE, 1)[:100000]
    with stand.listen(f) as listener, stand.dial(f) as c, accepted(listener, c) as s, \
            stand.at_server() as seen, stand.at_client() as back, stand.segments():
        port = c.getsockname()[1]
        for near, far, capture, ports, side, ns, ends in (
                (c, s, seen, (port, PORT), "server", stand.server, (f.client, f.server)),
                (s, c, back, (PORT, port), "client", stand.client, (f.server, f.client))):
            def from_scrim(p, ports=ports):
                return (p.sport, p.dport) == ports and p.payload and not p.sent
            near.sendall(b"first\n")
            assert read_exactly(far, 6) == b"first\n"
            with silent(ns, ends[0]):
                # The error has to be about a segment that is not acknowledged.
                near.sendall(b"second\n")
                lost = capture.wait(lambda p: from_scrim(p) and p.payload == b"second\n")
                quoted = ip(*ends, TCP, tcp(*ends, *ports, seq=lost.seq))
                stand.wire(side).send(icmp_too_big(ends[1], ends[0], quoted, LOW))
                stand.fence(f, back if side == "server" else seen, side)
            before = len(capture.packets())
            near.sendall(block)
            assert read_exactly(far, 7 + len(block)) == b"second\n" + block
            stand.fence(f, capture, "client" if side == "server" else "server")
            sizes = [len(p.ip) for p in capture.packets()[before:] if from_scrim(p)]
            assert LOW - 40 < max(sizes) <= LOW, max(sizes)
        for capture in (seen, back):
            assert not [p for p in capture.packets() if not p.sent and tells_mtu(p)], "an end was bothered"


def test_about_others(stand, d, f):
    """An error about a connection that is not scrim's is forwarded to whom it is for."""
    with stand.at_client() as back:
        quoted = ip(f.client, f.server, TCP, tcp(f.client, f.server, 4000, OTHER))
        stand.wire("server").send(icmp_too_big(f.server, f.client, quoted, LOW))
        stand.fence(f, back, "server")
        assert [p for p in back.packets() if not p.sent and tells_mtu(p)]
