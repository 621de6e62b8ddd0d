# SPDX-License-Identifier: BSD-2-Clause
"""
One interface for both sides: what the ingest host forwards leaves by where it came in, and its kernel
tells both ends of the shorter way, past scrim. The tests bring it to that, and see what arrives.
"""
import contextlib
import socket

from gateway.stand import FENCE, nothing_raw, transfer
from libcapture import ICMP, ICMPV6
from netlib import eventually

REDIRECTS = ((ICMP, 5), (ICMPV6, 137))


def redirects(seen):
    return [p for p in seen.packets() if not p.sent and p.l4 and (p.protocol, p.l4[0]) in REDIRECTS]


@contextlib.contextmanager
def captures(stand):
    with stand.at_client() as back, stand.at_server() as seen:
        yield back, seen


def provoke(stand, f, told, what):
    """
    Datagrams from each end to the other, until told(number of the end): the kernel sends a redirect
    only now and then, and only to a neighbour's address.
    """
    with stand.client.socket(f.af, socket.SOCK_DGRAM) as client, stand.server.socket(f.af, socket.SOCK_DGRAM) as server:
        client.bind((f.client, FENCE))
        server.bind((f.server, FENCE))
        for number, (end, to) in enumerate(((client, f.server), (server, f.client))):
            def once(end=end, to=to, number=number):
                end.sendto(b"x", (to, FENCE))
                return told(number)
            eventually(once, what)


def dropped(stand, d, f):
    """The kernel makes redirects, which are counted, and none of them arrives."""
    with captures(stand) as both:
        for _ in range(2):
            before = d.flow("redirect")
            provoke(stand, f, lambda _, before=before: d.flow("redirect") > before, "a redirect that is dropped")
        for side, seen in zip(("client", "server"), both):
            stand.fence(f, seen, side)
            assert not redirects(seen), redirects(seen)[0]


def test_redirects(stand, f):
    """No ICMP redirect leaves, with the daemon alive or dead; without scrim both ends are sent some."""
    with stand.scrimd() as d:
        dropped(stand, d, f)
        with stand.at_server() as seen:
            transfer(stand, f)
            stand.fence(f, seen)
            nothing_raw([p for p in seen.packets() if p.protocol == 6])
        d.kill()
        dropped(stand, d, f)
    stand.scrim("detach")
    assert not stand.programs("egress")
    with captures(stand) as both:
        provoke(stand, f, lambda number: redirects(both[number]), "a redirect without scrim")


def test_redirects_program_detached(stand, f):
    """The program on the egress detached: it is attached again, and the one on the ingress stays as it was."""
    with stand.scrimd() as d:
        before = stand.programs()
        stand.detach_program("both", "egress")
        eventually(lambda: stand.programs("egress"), "the program is attached again")
        assert stand.programs() == before
        dropped(stand, d, f)
    stand.scrim("detach")
