# SPDX-License-Identifier: BSD-2-Clause
"""
With no daemon, or a dying one: connections are refused by a reset that the program makes, streams
end by a reset, nothing is forwarded, and no other socket of the ingest host is reached. These tests
kill the daemon, and leave it dead.
"""
import contextlib
import itertools
import time

from gateway.stand import (MASKED, PLAIN, PORT, RAW, V4, all_ended, drop_queue, forwarded, nothing_raw, refused,
                           transfer, works)
from gateway.alone import Sender, captured
from gateway.basic import accepts
from libcapture import TCP, checksums_hold
from libpackets import ACK, PSH, SYN, ip, tcp
from netlib import TIMEOUT, Thread, eventually, read_end

IN_A_ROW = 20
MUCH = 1 << 20


def steady(stand, f, **kw):
    """Waits until connections are refused, many in a row."""
    row = 0

    def one():
        nonlocal row
        row = row + 1 if refused(stand, f, **kw) else 0
        return row == IN_A_ROW
    eventually(one, "steady refusal")


def dead(stand, d, f):
    d.kill()
    steady(stand, f)


def test_refused_by_a_reset(stand, d, f):
    """A refused SYN is answered at once by a correct reset, and counted; nothing is forwarded."""
    dead(stand, d, f)
    with stand.at_client() as back, stand.at_server() as seen:
        before = d.flow("no-listener")
        for number, (flags, data, options) in enumerate((
                (SYN, b"", b""), (SYN, b"", b"\2\4\5\xb4"), (SYN, RAW, b""), (SYN | 64 | 128, b"", b""),
                (SYN | PSH, RAW * 20, b"\1" * 40))):
            seq = 0xfffffff0 + number  # the acknowledgement passes over the end of the numbers
            stand.wire("client").send(ip(f.client, f.server, TCP, tcp(
                f.client, f.server, 5000 + number, PORT, flags, seq, payload=data, options=options)))
            r = back.wait(lambda p: not p.sent and p.dport == 5000 + number, "the reset")
            assert (r.src, r.dst, r.sport) == (f.server, f.client, PORT)
            assert (r.flags, r.seq, r.ack) == (4 | 16, 0, (seq + 1 + len(data)) % (1 << 32)), r
            assert not r.payload and len(r.l4) == 20 and r.ttl == 64
            assert r.checksum_ready and checksums_hold(r), r.ip.hex()
        assert d.flow("no-listener") == before + 5
        stand.fence(f, seen)
        assert not [p for p in seen.packets() if p.protocol == TCP]


def test_refused_with_offload(stand, d, f):
    """A SYN whose checksum was left to the hardware is refused too: the client's stack takes the reset."""
    dead(stand, d, f)
    with stand.at_client() as back:
        assert refused(stand, f)
        syn = back.wait(lambda p: p.syn and p.dport == PORT and p.sent)
        assert not syn.checksum_ready, "offload is off: this tests nothing"
        back.wait(lambda p: p.rst and p.sport == PORT and p.ack == (syn.seq + 1) % (1 << 32))


def test_no_other_socket(stand, d, f):
    """No other socket of the ingest host gets a refused connection, whatever it listens on."""
    dead(stand, d, f)
    with contextlib.ExitStack() as stack:
        others = [stack.enter_context(stand.ingest.listening(h, PORT)) for h in ("0.0.0.0", "::")]
        seen, back = stack.enter_context(stand.at_server()), stack.enter_context(stand.at_client())
        Sender(stand, f).rounds()
        for _ in range(IN_A_ROW):
            assert refused(stand, f)
        captured(stand, f, seen, back)
        assert not [p for p in seen.packets() if PORT in (p.sport, p.dport) and not p.sent]
        assert not any(accepts(o) for o in others)


def test_transparent_impostor(stand, d, f):
    """Nor does a listener on the port that asks for other hosts' addresses (IP_TRANSPARENT)."""
    dead(stand, d, f)
    level, option = (0, 19) if f is V4 else (41, 75)
    with stand.ingest.listening(f.any, PORT) as other:
        other.setsockopt(level, option, 1)
        for _ in range(IN_A_ROW):
            assert refused(stand, f)
        assert not accepts(other)


class Dialler:
    """Dials and sends without a pause, and at the server takes what arrives, until it is left."""

    def __init__(self, stand, f, listener):
        self.stand, self.f, self.listener = stand, f, listener
        self.made, self.ends = [], False  # made: what came back and whether by reset, or None: no connection
        self.threads = [Thread(self.dial), Thread(self.serve)]

    def dial(self):
        while not self.ends:
            try:
                c = self.stand.dial(self.f, timeout=2)
            except OSError:
                self.made.append(None)
                continue
            with c:
                with contextlib.suppress(OSError):
                    c.sendall(RAW)
                self.made.append(read_end(c))

    def serve(self):
        self.listener.settimeout(0.1)
        while not self.ends:
            with contextlib.suppress(TimeoutError):
                s, _ = self.listener.accept()
                with s, contextlib.suppress(OSError):
                    s.settimeout(0.5)
                    s.sendall(PLAIN)
                    s.recv(1000)

    def __enter__(self):
        eventually(lambda: self.made, "a first connection")
        return self

    def __exit__(self, *_):
        self.ends = True
        for t in self.threads:
            t.result()


def test_kill_while_dialled(stand, d, f):
    """After a kill no connection is forwarded or answered with data, and refusal becomes steady."""
    with stand.listen(f) as listener, stand.at_server() as seen, stand.at_client() as back:
        with Dialler(stand, f, listener) as dialler:
            eventually(lambda: any(m and m[0] == PLAIN for m in dialler.made), "an answer")
            d.process.kill()
            began, row = time.monotonic(), []
            d.wait()
            after = len(dialler.made) + 1  # one may have been open

            def in_a_row():
                row[:] = row + [time.monotonic() - began] if refused(stand, f) else []
                return len(row) == IN_A_ROW
            eventually(in_a_row, "steady refusal")
            for _ in range(IN_A_ROW):
                assert refused(stand, f)
        assert not [m for m in dialler.made[after:] if m and m[0]], "a client was sent data"
        assert not [m for m in dialler.made[after:] if m and not m[1]], "a client saw a clean end"
        captured(stand, f, seen, back)
    return f"steady {row[0]:.2f} s after it"


def test_kill_under_load(stand, d, f):
    """A kill under load is a reset to both ends, no end of stream within a record, and nothing raw."""
    with stand.listen(f) as listener, stand.at_server() as seen, stand.at_client() as back:
        works(stand, f, listener)
        pairs = []
        for _ in range(4):
            c = stand.dial(f)
            s, _ = listener.accept()
            s.settimeout(TIMEOUT)
            pairs.append((c, s))

        text = RAW * 1009

        def send_on(c):
            with contextlib.suppress(OSError):
                for sent in itertools.count(step=1009):
                    at = sent % len(text)
                    c.sendall(text[at:at + 1009])  # records in pieces
                    if sent > MUCH:
                        time.sleep(0.005)  # while others are slower: the captures hold all of it

        def got(s):
            counted[s] = 0
            data = bytearray()
            try:
                while piece := s.recv(65536):
                    data += piece
                    counted[s] = len(data)
            except ConnectionResetError:
                return bytes(data), True
            return bytes(data), False
        counted = {}
        receivers = [Thread(got, s) for _, s in pairs]
        senders = [Thread(send_on, c) for c, _ in pairs]
        eventually(lambda: len(counted) == 4 and min(counted.values()) > 100000, "load on all of them")
        d.process.kill()
        for r in receivers:
            data, broken = r.result()
            assert broken, "the server saw a clean end"
            assert not any(part in data for part in (b"123-45", b"1953-07-2"))
        for s in senders:
            s.result()
        for c, s in pairs:
            assert read_end(c) == (b"", True) or is_broken(c), "the client saw a clean end"
            c.close()
            s.close()
        d.wait()
        stand.fence(f, seen)
        loaded = loaded_ports(seen)
        assert len(loaded) == 4 and not seen.lost(), "the capture is not whole"
        assert not [p for p in seen.packets() if p.fin and p.sport in loaded and not p.sent], "a FIN to the server"
        seen.wait(lambda p: p.rst and p.dport == PORT and not p.sent, "a reset at the server")
        for port in loaded:
            back.wait(lambda p: p.rst and p.dport == port and not p.sent, "a reset at the client")
        assert not [p for p in back.packets() if p.fin and p.dport in loaded and not p.sent], "a FIN to the client"
        assert not [p for p in forwarded(seen.packets()) if p.dport == PORT]
        nothing_raw(seen.packets())


def loaded_ports(seen):
    """Of the connections that carried the load, by what they carried."""
    sizes = {}
    for p in seen.packets():
        if p.dport == PORT:
            sizes[p.sport] = sizes.get(p.sport, 0) + len(p.payload)
    return {port for port, size in sizes.items() if size > 100000}


def is_broken(c):
    """After the error was told to who sends, a receive says only that it is over."""
    try:
        c.sendall(b"x")
    except OSError:
        return True
    return False


def test_data_after_the_kill(stand, d, f):
    """Data on a connection whose daemon died, from either end, ends here and is counted."""
    with stand.listen(f) as listener, stand.at_server() as seen, stand.at_client() as back:
        works(stand, f, listener)
        d.kill()
        steady(stand, f)
        before = d.flow("not-owned")
        for side, (a, b, sport, dport) in (("client", (f.client, f.server, 6000, PORT)),
                                           ("server", (f.server, f.client, PORT, 6000))):
            stand.wire(side).send(ip(a, b, TCP, tcp(a, b, sport, dport, ACK | PSH, payload=RAW)))
        captured(stand, f, seen, back)
        assert d.flow("not-owned") == before + 2


def test_restart(stand, d, f):
    """A daemon started at once after a kill waits for the old one to go, works, and counts go on exactly."""
    with stand.listen(f) as listener, stand.at_server() as seen:
        works(stand, f, listener)
        drop_queue(listener)
        all_ended(stand, d)
        names = ("steered", "accepted", "relayed")
        for number in (7, 11):
            before, flows = d.rule("ssn", "strict"), d.flows()
            for _ in range(number):
                transfer(stand, f, RAW * 3, MASKED * 3, listener=listener)
            all_ended(stand, d)
            if number == 7:
                first, first_flows = before, flows
                size = (d.rule("ssn", "strict")["masked_bytes"] - first["masked_bytes"]) / 21
                d.process.kill()
                d = stand.scrimd().__enter__()
        with contextlib.ExitStack() as stack:
            stack.callback(d.__exit__)
            after, flows = d.rule("ssn", "strict"), d.flows()
            assert after["matches"] == first["matches"] + 18 * 3
            assert after["masked_bytes"] == first["masked_bytes"] + 18 * 3 * size
            assert [flows[n] for n in names] == [first_flows[n] + 18 for n in names]
            nothing_raw(seen.packets())


def test_interface_anew_while_dead(stand, d, f):
    """With the daemon dead, an interface made anew forwards nothing either, and no local socket gets it."""
    for interface in ("clients", "servers"):
        d.kill()
        steady(stand, f)
        stand.link_again(interface)
        with stand.at_server() as seen, stand.at_client() as back, stand.listen(f) as listener, \
                stand.ingest.listening(f.any, PORT) as other:
            Sender(stand, f).rounds()
            captured(stand, f, seen, back)
            assert not accepts(listener)
            assert not accepts(other), f"{interface} made anew: a local listener got it"
        if interface == "clients":
            d = stand.scrimd().__enter__()
    d.__exit__()
