# SPDX-License-Identifier: BSD-2-Clause
"""Captures what an interface carries, both ways, and reads the packets' headers.

    with Capture(ns, "eth0") as seen:
        ...
        seen.wait(lambda p: p.rst)               the first packet for which it is true
        [p for p in seen.packets() if p.payload]
"""
import socket
import struct
import threading
from dataclasses import dataclass

import netlib

ETH_P_ALL = 3
SOL_PACKET, PACKET_AUXDATA = 263, 8
CHECKSUM_NOT_READY = 8  # TP_STATUS_CSUMNOTREADY: left to the hardware
BUFFER = 64 << 20
VLANS = (0x8100, 0x88a8)
TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58


@dataclass
class Packet:
    frame: bytes
    sent: bool            # by this interface; else received
    checksum_ready: bool  # False: its sender left the checksum to the hardware
    version: int = 0      # 4, 6, or 0: not IP
    src: str = ""
    dst: str = ""
    ttl: int = 0
    protocol: int = -1    # the first header's behind the IP header
    ip: bytes = b""       # from the IP header on
    l4: bytes = b""       # what follows it
    sport: int = 0        # from here on: TCP, and the ports of UDP
    dport: int = 0
    seq: int = 0
    ack: int = 0
    flags: int = 0
    payload: bytes = b""

    fin = property(lambda p: bool(p.protocol == TCP and p.flags & 1))
    syn = property(lambda p: bool(p.protocol == TCP and p.flags & 2))
    rst = property(lambda p: bool(p.protocol == TCP and p.flags & 4))


def ones_complement(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def checksums_hold(p):
    """Of IPv4's header, and of TCP."""
    raw = p.ip
    if p.version == 4:
        if ones_complement(raw[:(raw[0] & 15) * 4]) != 0xffff:
            return False
        pseudo = raw[12:20] + struct.pack(">HH", p.protocol, len(p.l4))
    else:
        pseudo = raw[8:40] + struct.pack(">II", len(p.l4), p.protocol)
    return ones_complement(pseudo + p.l4) == 0xffff


def parse(frame, sent=False, checksum_ready=True):
    p = Packet(frame, sent, checksum_ready)
    at = 14
    kind, = struct.unpack_from(">H", frame, 12)
    while kind in VLANS and len(frame) >= at + 4:
        kind, = struct.unpack_from(">H", frame, at + 2)
        at += 4
    ip = frame[at:]
    if kind == 0x0800 and len(ip) >= 20:
        total, = struct.unpack_from(">H", ip, 2)
        p.version, p.ttl, p.protocol = 4, ip[8], ip[9]
        p.src, p.dst = socket.inet_ntop(socket.AF_INET, ip[12:16]), socket.inet_ntop(socket.AF_INET, ip[16:20])
        p.ip = ip[:total or len(ip)]
        p.l4 = p.ip[(ip[0] & 15) * 4:]
        if struct.unpack_from(">H", ip, 6)[0] & 0x1fff:
            return p  # a later fragment: no header behind it
    elif kind == 0x86dd and len(ip) >= 40:
        total, = struct.unpack_from(">H", ip, 4)
        p.version, p.ttl, p.protocol = 6, ip[7], ip[6]
        p.src, p.dst = socket.inet_ntop(socket.AF_INET6, ip[8:24]), socket.inet_ntop(socket.AF_INET6, ip[24:40])
        p.ip = ip[:total + 40 if total else len(ip)]
        p.l4 = p.ip[40:]
    if p.protocol == TCP and len(p.l4) >= 20:
        p.sport, p.dport, p.seq, p.ack, offset, p.flags = struct.unpack_from(">HHIIBB", p.l4)
        p.payload = p.l4[(offset >> 4) * 4:]
    elif p.protocol == UDP and len(p.l4) >= 8:
        p.sport, p.dport = struct.unpack_from(">HH", p.l4)
        p.payload = p.l4[8:]
    return p


class Capture:
    def __init__(self, ns, interface):
        self.socket = ns.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, 33, BUFFER)  # SO_RCVBUFFORCE
        self.socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        with ns.entered():
            self.socket.bind((interface, ETH_P_ALL))
        self.socket.settimeout(0.03)  # how soon its end is seen
        self.seen, self.ends = [], False
        self.changed = threading.Condition()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        while not self.ends:
            try:
                frame, control, _, address = self.socket.recvmsg(1 << 17, 64)
            except TimeoutError:
                continue
            except OSError:
                if self.ends:
                    return
                continue  # the interface went down: what it carried until then is kept
            ready = not any(struct.unpack_from("I", data)[0] & CHECKSUM_NOT_READY
                            for level, kind, data in control
                            if (level, kind) == (SOL_PACKET, PACKET_AUXDATA))
            packet = parse(frame, address[2] == socket.PACKET_OUTGOING, ready)
            with self.changed:
                self.seen.append(packet)
                self.changed.notify_all()

    def packets(self):
        with self.changed:
            return list(self.seen)

    def wait(self, wanted, what="a packet", timeout=netlib.TIMEOUT):
        """The first packet, seen already or in time, for which wanted(packet) is true."""
        at = 0

        def found():
            nonlocal at
            while at < len(self.seen):
                at += 1
                if wanted(self.seen[at - 1]):
                    return self.seen[at - 1]
            return None
        with self.changed:
            packet = self.changed.wait_for(found, timeout)
        assert packet, f"not captured within {timeout} s: {what}; {len(self.seen)} packets were"
        return packet

    def lost(self):
        """How many packets the kernel could not give to this capture (counted since the last call)."""
        return struct.unpack("II", self.socket.getsockopt(SOL_PACKET, 6, 8))[1]  # PACKET_STATISTICS

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ends = True
        self.thread.join(netlib.TIMEOUT)
        self.socket.close()
