# SPDX-License-Identifier: BSD-2-Clause
"""
What cannot be read to a TCP port, or belongs to no connection of scrim's: made by hand at either
end, looked for at the other one, and counted by its reason.

Each packet goes out in front of a datagram (the fence) that is known to pass.
"""
import struct

from gateway.stand import PORT, V4, flows
from libcapture import ICMP, ICMPV6, TCP, UDP
from libpackets import (ACK, DSTOPTS, FIN, FRAGMENT, HOPOPTS, MORE, PSH, ROUTING, RST, SYN, chained, extension,
                        fragment6, ip, ipv4, ipv6, tcp)

MARK = b"SSN 123-45-6789"


def ends(f, side):
    """Addresses and ports of a packet from one side to the other."""
    return (f.client, f.server, 5555, PORT) if side == "client" else (f.server, f.client, PORT, 5555)


def far(stand, side):
    return stand.at_server() if side == "client" else stand.at_client()


def arrived(stand, f, side, send, far_end=None):
    """What comes out at the other end of what send() sends, the fence aside; protocol by protocol."""
    mine, theirs = (f.client, f.server) if side == "client" else (f.server, f.client)
    with far(stand, side) as seen:
        send(stand.wire(side))
        stand.fence(f, seen, side)
        return [p for p in seen.packets() if not p.sent and p.src in (mine, f.outside) and
                not p.payload.startswith(b"fence") and
                not (p.protocol == ICMPV6 and p.l4[0] in (135, 136))]


def dropped(stand, d, f, reason, packets, **kw):
    """All of the packets end here, from either side, and each is counted under the reason."""
    for side in ("client", "server"):
        made = packets(*ends(f, side))
        before = flows(d)

        def send(wire):
            for packet in made:
                wire.send(packet, **kw)
        got = arrived(stand, f, side, send)
        assert not got, f"from the {side}: {len(got)} of {len(made)} arrived, the first {got[0]}"
        after = flows(d)
        told = {k: after[k] - before[k] for k in after if after[k] != before[k]}
        assert told == {reason: len(made)}, (side, told, len(made))


def segment(a, b, sport, dport, flags=ACK | PSH, payload=MARK):
    return tcp(a, b, sport, dport, flags, payload=payload)


def test_fragments(stand, d, f):
    """Fragments, of a SYN and of data, tiny ones and later ones, end here from and to a protected server."""
    def packets(a, b, sport, dport):
        syn = segment(a, b, sport, dport, SYN, b"")
        data = segment(a, b, sport, dport, payload=MARK * 10)
        if f is V4:
            return [ipv4(a, b, TCP, syn, fragment=MORE), ipv4(a, b, TCP, syn[:8], fragment=MORE),
                    ipv4(a, b, TCP, syn[8:], fragment=1), ipv4(a, b, TCP, data[:64], fragment=MORE),
                    ipv4(a, b, TCP, data[64:], fragment=8), ipv4(a, b, TCP, data[:24], fragment=MORE | 3),
                    ipv4(a, b, UDP, data[:24], fragment=MORE)]
        parts = [(syn, 0, 1), (syn[:8], 0, 1), (syn[8:], 8, 0), (data[:64], 0, 1), (data[64:], 64, 0), (data, 0, 0)]
        return [ipv6(a, b, FRAGMENT, fragment6(TCP, at, more) + part) for part, at, more in parts]
    dropped(stand, d, f, "fragment", packets)


def test_options_or_extension_headers(stand, d, f):
    """IP options and IPv6 extension headers, alone and nested, end here from and to a protected server."""
    def packets(a, b, sport, dport):
        return [p for flags in (SYN, ACK | PSH)
                for p in covered(a, b, segment(a, b, sport, dport, flags, MARK if flags != SYN else b""))]

    def covered(a, b, inner):
        if f is V4:
            route = bytes([131, 7, 4]) + inner[:4] + b"\0"  # loose source routing, come to its end
            return [ipv4(a, b, TCP, inner, options=o) for o in (b"\1\1\1\1", b"\0\0\0\0", b"\1" * 40,
                                                                bytes([7, 7, 4, 0, 0, 0, 0, 0]), route)]
        return [chained(a, b, kinds, inner) for kinds in (
            [HOPOPTS], [DSTOPTS], [ROUTING], [HOPOPTS, DSTOPTS], [DSTOPTS, ROUTING, DSTOPTS],
            [HOPOPTS, FRAGMENT], [DSTOPTS] * 8, [135], [139], [140], [253], [254])]
    dropped(stand, d, f, "ip-options" if f is V4 else "extension-header", packets)


def test_nested_fragment(stand, d, f):
    """A fragment header in front of other extension headers is a fragment all the same."""
    def packets(a, b, sport, dport):
        inner = segment(a, b, sport, dport)
        if f is V4:
            return [ipv4(a, b, TCP, inner, options=b"\1\1\1\1", fragment=MORE)]
        return [ipv6(a, b, FRAGMENT, fragment6(DSTOPTS, 0, 0) + extension(TCP, DSTOPTS) + inner)]
    dropped(stand, d, f, "fragment", packets)


def test_protocols(stand, d, f):
    """Protocols that can hide TCP (AH, ESP, tunnels and the like) end here from and to a protected server."""
    def packets(a, b, sport, dport):
        inner = segment(a, b, sport, dport)
        inside = ip(a, b, TCP, inner)
        header = struct.pack(">BBHII", TCP, 2, 0, 1, 1) + b"\0" * 4  # AH, nothing checked
        kinds = {51: header + inner, 50: b"\0" * 8 + inner, 4: inside, 41: inside, 47: b"\0\0\x08\0" + inside,
                 132: inner, 136: inner, 59: inner, 108: bytes([TCP, 0, 0, 1]) + inner, 142: inner, 255: inner,
                 ICMPV6 if f is V4 else ICMP: inner}
        return [ip(a, b, kind, body) for kind, body in kinds.items()]
    dropped(stand, d, f, "protocol", packets)


def test_malformed(stand, d, f):
    """Headers that cannot be read, cut short or with lengths that lie, end here."""
    def packets(a, b, sport, dport):
        inner = segment(a, b, sport, dport)
        whole = ip(a, b, TCP, inner)
        bad_offset = inner[:12] + b"\x40" + inner[13:]
        far_offset = inner[:12] + b"\xf0" + inner[13:]
        made = [whole[:-4], ip(a, b, TCP, inner[:12]), ip(a, b, TCP, inner[:2]), ip(a, b, TCP, bad_offset),
                ip(a, b, TCP, far_offset)]
        if f is V4:
            made += [b"\x44" + whole[1:]]
        return made
    dropped(stand, d, f, "malformed", packets)


def test_not_owned(stand, d, f):
    """A packet in the middle of a stream that no live socket of scrim owns ends here, in both directions."""
    def packets(a, b, sport, dport):
        # A plain SYN from the client's side is a new connection; every other set of flags is not.
        return [ip(a, b, TCP, segment(a, b, sport, dport, flags))
                for flags in (ACK, ACK | PSH, ACK | FIN, RST, ACK | RST, SYN | ACK, SYN | FIN, SYN | RST, 0, FIN, 63)]
    dropped(stand, d, f, "not-owned", packets)


def test_syn_from_a_server(stand, d, f):
    """A protected server's SYN from the steered port is no answer to anything: it ends here."""
    before = d.flow("not-owned")
    a, b, sport, dport = ends(f, "server")
    assert not arrived(stand, f, "server", lambda w: w.send(ip(a, b, TCP, segment(a, b, sport, dport, SYN))))
    assert d.flow("not-owned") == before + 1


def test_tags(stand, d, f):
    """Frames with VLAN tags are not forwarded; a tag inside a tag is counted."""
    for side in ("client", "server"):
        packet = ip(*ends(f, side)[:2], TCP, segment(*ends(f, side)))
        before = d.flow("vlan")

        def send(wire):
            wire.send(packet, vlans=[(0x8100, 5)])
            wire.send(packet, vlans=[(0x88a8, 5)])
            for tags in ([(0x8100, 5), (0x8100, 6)], [(0x88a8, 0), (0x8100, 6)], [(0x8100, 0), (0x8100, 0)],
                         [(0x8100, 0), (0x88a8, 0), (0x8100, 0)]):
                wire.send(packet, vlans=tags)
        assert not arrived(stand, f, side, send)
        # A tag with an identifier is another network's: the kernel gives that to nobody here.
        assert d.flow("vlan") == before + 3


def test_priority_tag(stand, d, f):
    """A priority tag (VLAN 0) changes nothing: the packet behind it is judged as without."""
    dropped(stand, d, f, "not-owned", lambda a, b, s, p: [ip(a, b, TCP, segment(a, b, s, p))],
            vlans=[(0x8100, 0)])


def test_other_link_addresses(stand, d, f):
    """Frames to everybody, to a group or to another host's address are not forwarded."""
    for side in ("client", "server"):
        packet = ip(*ends(f, side)[:2], TCP, segment(*ends(f, side)))

        def send(wire):
            for to in (b"\xff" * 6, bytes.fromhex("01005e000001"), bytes.fromhex("333300000001"),
                       bytes.fromhex("020000000077")):
                wire.send(packet, to=to)
        assert not arrived(stand, f, side, send)


def test_unprotected_direction(stand, d, f):
    """To a host that is not protected all of it is forwarded: not scrim's concern."""
    a, b, sport, dport = f.client, f.outside, 5555, PORT
    inner = segment(a, b, sport, dport)
    made = [ip(a, b, TCP, inner), ip(a, b, 50, inner)]
    if f is V4:
        made += [ipv4(a, b, TCP, inner, fragment=MORE), ipv4(a, b, TCP, inner, options=b"\1\1\1\1")]
    else:
        made += [ipv6(a, b, FRAGMENT, fragment6(TCP, 0, 1) + inner), chained(a, b, [DSTOPTS], inner)]
    before = flows(d)

    def send(wire):
        for packet in made:
            wire.send(packet)
    got = [p for p in arrived(stand, f, "client", send) if p.dst == b]
    assert len(got) == len(made), got
    assert flows(d) == before
