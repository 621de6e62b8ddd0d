# SPDX-License-Identifier: BSD-2-Clause
"""Makes packets, well-formed and not, and puts them on an interface as whole frames.

    wire = Wire(ns, "eth0", to=mac(other, "eth1"))
    wire.send(ip(a, b, TCP, tcp(a, b, 1000, 80, flags=SYN)))
"""
import socket
import struct

from libcapture import ICMP, ICMPV6, TCP, UDP, ones_complement

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
HOPOPTS, ROUTING, FRAGMENT, DSTOPTS = 0, 43, 44, 60
MORE = 0x2000  # IPv4: more fragments


def packed(address):
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def checksum(data):
    return 0xffff - ones_complement(data)


def with_checksum(src, dst, protocol, segment, at):
    """The segment with its checksum, whose place is `at`, over the pseudo header too."""
    length = struct.pack(">HH", protocol, len(segment)) if "." in src and ":" not in src \
        else struct.pack(">II", len(segment), protocol)
    value = checksum(packed(src) + packed(dst) + length + segment) or 0xffff
    return segment[:at] + struct.pack(">H", value) + segment[at + 2:]


def tcp(src, dst, sport, dport, flags=ACK, seq=1000, ack=2000, payload=b"", options=b""):
    if not flags & ACK:
        ack = 0
    head = struct.pack(">HHIIBBHHH", sport, dport, seq, ack, (5 + len(options) // 4) << 4, flags, 65000, 0, 0)
    return with_checksum(src, dst, TCP, head + options + payload, 16)


def udp(src, dst, sport, dport, payload=b""):
    return with_checksum(src, dst, UDP, struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload, 6)


def ipv4(src, dst, protocol, payload, options=b"", fragment=0, ttl=40):
    words = 5 + len(options) // 4
    head = struct.pack(">BBHHHBBH", 4 << 4 | words, 0, words * 4 + len(payload), 7, fragment, ttl, protocol, 0)
    head += packed(src) + packed(dst) + options
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def ipv6(src, dst, protocol, payload, ttl=40):
    return struct.pack(">IHBB", 6 << 28, len(payload), protocol, ttl) + packed(src) + packed(dst) + payload


def ip(src, dst, protocol, payload):
    return (ipv6 if ":" in src else ipv4)(src, dst, protocol, payload)


def extension(following, kind):
    """A header of 8 bytes, of a kind; `following` is the kind of what comes behind it."""
    if kind == ROUTING:
        return bytes([following, 0, 253, 0, 0, 0, 0, 0])  # an experimental type, no segments left
    return bytes([following, 0, 1, 4, 0, 0, 0, 0])  # PadN


def fragment6(following, offset, more, ident=7):
    return struct.pack(">BBHI", following, 0, offset & ~7 | more, ident)


def chained(src, dst, kinds, payload, last=TCP):
    """IPv6 with extension headers of these kinds, in this order, in front of the payload."""
    kinds = list(kinds) + [last]
    headers = b"".join(extension(after, kind) for kind, after in zip(kinds, kinds[1:]))
    return ipv6(src, dst, kinds[0], headers + payload)


def icmp_too_big(sender, to, quoted, mtu):
    """IPv4: fragmentation needed; IPv6: packet too big. Quotes the beginning of a packet."""
    if ":" in sender:
        body = struct.pack(">BBHI", 2, 0, 0, mtu) + quoted[:1000]
        return ipv6(sender, to, ICMPV6, with_checksum(sender, to, ICMPV6, body, 2))
    body = struct.pack(">BBHHH", 3, 4, 0, 0, mtu) + quoted[:28]
    body = body[:2] + struct.pack(">H", checksum(body)) + body[4:]
    return ipv4(sender, to, ICMP, body)


class Wire:
    """An interface as seen from its far end: whole frames go out of it."""

    def __init__(self, ns, interface, to, of=bytes([2, 0, 0, 0, 0, 9])):
        self.socket = ns.socket(socket.AF_PACKET, socket.SOCK_RAW)
        with ns.entered():
            self.socket.bind((interface, 0))
        self.head = to + of

    def send(self, packet, vlans=(), to=None):
        """vlans: (ethertype, identifier) of each tag, the outermost first."""
        kind = struct.pack(">H", 0x86dd if packet[0] >> 4 == 6 else 0x0800)
        tags = b"".join(struct.pack(">HH", *tag) for tag in vlans)
        head = to + self.head[6:] if to else self.head
        self.socket.send(head + tags + kind + packet)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
