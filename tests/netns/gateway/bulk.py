# SPDX-License-Identifier: BSD-2-Clause
"""Much at once, and small path MTUs behind routers on both legs."""
import hashlib
import random
import socket
import struct
import subprocess

from gateway.stand import PORT, all_ended, flows
from netlib import BUILD, Thread

MUCH = 64 << 20
PIECE = 1 << 20


def text(n, seed):
    """n bytes of lines that no rule finds anything in."""
    line = b"the weather of the valley is mild and the river is calm; all is well\n"
    rng = random.Random(seed)
    piece = bytearray()
    while len(piece) < PIECE:
        words = line.split()
        rng.shuffle(words)
        piece += b" ".join(words) + b"\n"
    piece = bytes(piece[:PIECE - 1]) + b"\n"
    return piece * (n // PIECE)


def exchange(stand, f, to_server, to_client, want_server=None):
    """Both directions at once, to their ends; the hashes of what arrives."""
    def send(s, data):
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)

    def hashed(s):
        h, n = hashlib.sha256(), 0
        while piece := s.recv(1 << 20):
            h.update(piece)
            n += len(piece)
        return n, h.hexdigest()

    with stand.listen(f) as listener, stand.dial(f) as c:
        s, _ = listener.accept()
        with s:
            for end in (c, s):
                end.settimeout(60)
            threads = [Thread(send, c, to_server), Thread(send, s, to_client)]
            got = [Thread(hashed, s), Thread(hashed, c)]
            for t in threads:
                t.result()
            got = [t.result() for t in got]
    want = [(len(d), hashlib.sha256(d).hexdigest()) for d in (want_server or to_server, to_client)]
    assert got == want, (got, want)


def test_much_both_ways(stand, d, f):
    """64 MB in both directions at once arrive as they were sent, where nothing is to be masked."""
    before = d.flow("relayed")
    exchange(stand, f, text(MUCH, 1), text(MUCH, 2))
    all_ended(stand, d)
    assert d.flow("relayed") == before + 1


def let_merge(ns, interface, most):
    """Packets of that many bytes, sent by the interface uncut or merged by it, of both families (Linux 6.3)."""
    kinds = (41, 58, 63, 64)  # IFLA_GSO_MAX_SIZE, GRO, and these two of IPv4
    with ns.entered():
        body = struct.pack("BxHiII", 0, 0, socket.if_nametoindex(interface), 0, 0)
    body += b"".join(struct.pack("HHI", 8, kind, most) for kind in kinds)
    with ns.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as s:
        s.send(struct.pack("IHHII", 16 + len(body), 16, 5, 1, 0) + body)  # RTM_NEWLINK, to be acknowledged
        assert struct.unpack_from("i", s.recv(4096), 16) == (0,)


def test_merged_beyond_64_kib(stand, d, f):
    """Packets that the kernel merges, or leaves uncut, beyond 64 KiB ("BIG TCP") are steered as others."""
    ends = [(stand.client, "c0"), (stand.server, "s0")] + [(stand.ingest, i) for i in stand.interfaces]
    for ns, interface in ends:
        let_merge(ns, interface, 180000)
    try:
        before = flows(d)
        with stand.at_client() as near, stand.at_server() as far:
            exchange(stand, f, text(MUCH // 8, 7), text(MUCH // 8, 8))
            for capture in (near, far):
                assert max(len(p.ip) for p in capture.packets() if p.sent) > 65536
        all_ended(stand, d)
        after = flows(d)
        assert {k for k in after if after[k] != before[k]} == {"steered", "accepted", "relayed"}
    finally:
        for ns, interface in ends:
            let_merge(ns, interface, 65536)


def test_like_the_filter(stand, d, f):
    """What arrives at the server is what `scrim filter` prints of the same bytes."""
    rng = random.Random(3)
    lines = []
    for _ in range(40000):
        lines.append(b"SSN %03d-%02d-%04d and jane%d@example.org, born %04d-%02d-%02d, order %d\n" % (
            rng.randrange(1, 899), rng.randrange(1, 99), rng.randrange(1, 9999), rng.randrange(1000),
            rng.randrange(1930, 2020), rng.randrange(1, 12), rng.randrange(1, 28), rng.randrange(10 ** 8)))
    sent = b"".join(lines)
    want = subprocess.run([f"{BUILD}/scrim", "filter", "--config", d.file.name, "--role", "strict"],
                          input=sent, capture_output=True, check=True, timeout=60).stdout
    assert len(want) == len(sent) and want != sent
    before = d.rule("ssn", "strict")
    exchange(stand, f, sent, text(PIECE, 4), want)
    after = d.rule("ssn", "strict")
    assert after["matches"] > before["matches"] and after["idle"] == before["idle"]


# --- path MTU: a router on each leg, whose far link is small ----------------------------------------


def test_path_mtu(stand, d, f):
    """Smaller MTUs behind routers on both legs: 1 MB each way arrives, in segments that fit."""
    with stand.at_server() as seen, stand.at_client() as back, stand.segments():
        exchange(stand, f, text(PIECE, 5), text(PIECE, 6))
        for capture, port in ((seen, "dport"), (back, "sport")):
            sizes = [len(p.ip) for p in capture.packets()
                     if not p.sent and getattr(p, port) == PORT and p.payload]
            assert sizes and max(sizes) <= stand.small, (port, max(sizes))
        # The errors were for scrim's sockets: neither end was bothered with them.
        for capture in (seen, back):
            assert not [p for p in capture.packets() if not p.sent and tells_mtu(p)]


def tells_mtu(p):
    return (p.version == 4 and p.protocol == 1 and p.l4[:2] == b"\3\4") or \
        (p.version == 6 and p.protocol == 58 and p.l4[:1] == b"\2")
