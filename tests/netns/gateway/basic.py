# SPDX-License-Identifier: BSD-2-Clause
"""What goes through: masked on the protected path, untouched beside it."""
import socket

from gateway.stand import (LIMITED, MASKED, OTHER, PLAIN, PORT, RAW, V4, accepted, all_ended, flows, forwarded,
                           nothing_raw, transfer)
from libcapture import ICMP, ICMPV6, UDP
from libpackets import ip, udp
from netlib import TIMEOUT, Thread, eventually, read_end, read_exactly


def test_masked(stand, d, f):
    """A stream is masked; the server sees the client's address and port."""
    before = d.flow("steered"), d.flow("accepted"), d.flow("relayed")
    with stand.at_server() as seen:
        transfer(stand, f, RAW * 50, MASKED * 50)  # which takes no other address and port
        stand.fence(f, seen)
        nothing_raw(seen.packets())
        assert any(p.payload for p in seen.packets() if p.dport == PORT), "the capture missed the stream"
        assert {p.src for p in seen.packets() if p.dport == PORT} == {f.client}
    eventually(lambda: (d.flow("steered"), d.flow("accepted"), d.flow("relayed")) ==
               tuple(n + 1 for n in before), "one more steered, accepted and relayed")


def test_role(stand, d, f):
    """The network of a client decides on its role, and its counts are kept under it."""
    before = d.rule("ssn", "research")["matches"], d.rule("ssn", "strict")["matches"]
    for _ in range(3):
        transfer(stand, f, RAW, LIMITED, source=(f.research, 0))
    transfer(stand, f, RAW, MASKED, source=(f.client, 0))
    assert (d.rule("ssn", "research")["matches"], d.rule("ssn", "strict")["matches"]) == (before[0] + 3, before[1] + 1)


def through(stand, f, host, port, data=RAW):
    """A connection that scrim has no part in: the packets of it at the server."""
    with stand.at_server() as seen:
        transfer(stand, f, data, data, host=host, port=port)
        stand.fence(f, seen)
        return [p for p in forwarded(seen.packets()) if p.dport == port and p.payload == data]


def test_outside(stand, d, f):
    """With `servers:` given, a destination outside of them is forwarded as it was."""
    before = flows(d)
    assert through(stand, f, f.outside, PORT), "it was not forwarded: somebody relays it"
    assert flows(d) == before


def test_other_ports(stand, d, f):
    """Another port of a protected server is forwarded as it was."""
    before = flows(d)
    assert through(stand, f, f.server, OTHER), "it was not forwarded: somebody relays it"
    assert flows(d) == before


def test_by_another_interface(stand, d, f):
    """Who comes by an interface that is not the clients' has other ports, and no connection to the steered one."""
    third = stand.namespace(f"third-{f.name}")
    near, far, bits = ("10.4.0.1", "10.4.0.254", 24) if f is V4 else ("fd00:4::1", "fd00:4::fe", 64)
    stand.link(third, "t0", [f"{near}/{bits}"], stand.ingest, "more", [f"{far}/{bits}"])
    third.route("default", "via", far)
    try:
        with stand.listen(f) as steered, stand.listen(f, OTHER) as other:
            with third.connected(f.server, OTHER) as c:
                accepted(other, c).close()
            try:
                third.connected(f.server, PORT, timeout=1).close()
                raise AssertionError("connected")
            except TimeoutError:
                pass
            steered.settimeout(0)
            try:
                steered.accept()[0].close()
                raise AssertionError("the server has a connection")
            except BlockingIOError:
                pass
    finally:
        stand.ingest.run("ip", "link", "del", "more")
        stand.namespaces.remove(third)
        third.remove()


def test_datagrams(stand, d, f):
    """UDP is forwarded as it was, of the steered port's number too."""
    before = flows(d)
    with stand.at_server() as seen:
        stand.wire("client").send(ip(f.client, f.server, UDP, udp(f.client, f.server, 5000, PORT, RAW)))
        stand.fence(f, seen)
        assert [p for p in seen.packets() if p.dport == PORT and p.payload == RAW]
    assert flows(d) == before


def test_echo(stand, d, f):
    """ICMP echo to a protected server is forwarded, and so is its answer."""
    before = flows(d)
    v6 = f.af == socket.AF_INET6
    with stand.client.socket(f.af, socket.SOCK_RAW, ICMPV6 if v6 else ICMP) as s:
        head = bytes([128 if v6 else 8, 0])
        body = b"\0\x07\0\x01" + b"an echo."
        check = (0xffff - sum(int.from_bytes((head + b"\0\0" + body)[i:i + 2], "big") for i in range(0, 16, 2))
                 % 0xffff).to_bytes(2, "big")
        s.sendto(head + check + body, (f.server, 0))
        while True:
            answer = s.recv(2048)
            if (answer if v6 else answer[20:])[0] == (129 if v6 else 0):
                break
        assert answer.endswith(body)
    assert flows(d) == before


def test_open_at_the_gateway_itself(stand, d, f):
    """A service of the ingest host, on a port that is not steered, is reached as before."""
    with stand.ingest.listening(f.gate_clients, OTHER) as own:
        with stand.dial(f, host=f.gate_clients, port=OTHER) as c:
            s, _ = own.accept()
            with s:
                c.sendall(RAW)
                assert read_exactly(s, len(RAW)) == RAW


def test_port_again(stand, d, f):
    """A client that uses its port again at once gets through, twenty times in a row."""
    all_ended(stand, d)
    before = d.flow("relayed")
    with stand.listen(f) as listener:
        for closes_first in [True, False] * 10:
            with stand.dial(f, source=(f.client, 7777)) as c:
                s, peer = listener.accept()
                with s:
                    assert peer[1] == 7777
                    c.sendall(RAW)
                    assert read_exactly(s, len(RAW)) == MASKED
                    first, second = (c, s) if closes_first else (s, c)
                    first.shutdown(socket.SHUT_WR)
                    assert read_end(second) == (b"", False)
                    second.close()
                    assert read_end(first) == (b"", False)
    all_ended(stand, d)
    assert d.flow("relayed") == before + 20


def test_port_again_after_reset(stand, d, f):
    """Nor does a reset keep the client's port from being used again."""
    with stand.listen(f) as listener:
        for _ in range(10):
            with stand.dial(f, source=(f.client, 7778)) as c:
                s, _ = listener.accept()
                with s:
                    c.sendall(RAW)
                    assert read_exactly(s, len(RAW)) == MASKED
                    reset(c)
                    assert read_end(s) == (b"", True)


def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    s.close()


def dialled_and_reset(stand, f, **kw):
    """A connection that succeeds and is reset; it may be so soon that the dialling sees it."""
    try:
        with stand.dial(f, **kw) as c:
            return read_end(c) == (b"", True)
    except ConnectionResetError:
        return True


def pair(stand, f, listener):
    c = stand.dial(f)
    s, _ = listener.accept()
    s.settimeout(TIMEOUT)
    return c, s


def test_half_close(stand, d, f):
    """A half-closed connection goes on in the other direction, either way round."""
    with stand.listen(f) as listener:
        for client_first in (True, False):
            c, s = pair(stand, f, listener)
            with c, s:
                c.sendall(RAW)
                assert read_exactly(s, len(RAW)) == MASKED
                first, second = (c, s) if client_first else (s, c)
                first.shutdown(socket.SHUT_WR)
                assert read_end(second) == (b"", False)
                second.sendall(PLAIN * 1000)
                assert read_exactly(first, len(PLAIN) * 1000) == PLAIN * 1000
                second.shutdown(socket.SHUT_WR)
                assert read_end(first) == (b"", False)


def test_reset_both_ways(stand, d, f):
    """A reset by the client reaches the server as a reset, one by the server the client."""
    before = d.flow("client-reset"), d.flow("server-reset")
    with stand.listen(f) as listener:
        for client_resets in (True, False):
            c, s = pair(stand, f, listener)
            with c, s:
                c.sendall(RAW)
                assert read_exactly(s, len(RAW)) == MASKED
                first, second = (c, s) if client_resets else (s, c)
                reset(first)
                assert read_end(second) == (b"", True)
    assert (d.flow("client-reset"), d.flow("server-reset")) == (before[0] + 1, before[1] + 1)


def test_server_refuses(stand, d, f):
    """A server that refuses: the client's connection is reset, and counted."""
    before = d.flow("upstream-refused")
    assert dialled_and_reset(stand, f)
    assert d.flow("upstream-refused") == before + 1


def test_local_wildcard_listener(stand, d, f):
    """A wildcard listener of the ingest host with the steered port gets none of the connections."""
    with stand.ingest.listening(f.any, PORT) as own, stand.listen(f) as listener:
        for _ in range(10):
            transfer(stand, f, listener=listener)
        assert not accepts(own)


def accepts(listener):
    listener.settimeout(0)
    try:
        listener.accept()
    except BlockingIOError:
        return False
    return True


def test_source_port_taken(stand, d, f):
    """A client's address and port that a program of the ingest host has is a reset, and counted."""
    before = d.flow("source-port")
    other = stand.ingest.socket(f.af)
    level, option = (0, 19) if f.af == socket.AF_INET else (41, 75)  # IP_TRANSPARENT, IPV6_TRANSPARENT
    with other, stand.listen(f) as listener:
        other.setsockopt(level, option, 1)
        other.bind((f.client, 7779))
        assert dialled_and_reset(stand, f, source=(f.client, 7779))
        assert not accepts(listener)
    assert d.flow("source-port") == before + 1


def test_many_at_once(stand, d, f):
    """Many connections at once, of both roles, each masked by its own."""
    all_ended(stand, d)
    before = d.flow("relayed")
    with stand.listen(f) as listener:
        def serve():
            for _ in range(100):
                s, peer = listener.accept()
                with s:
                    s.settimeout(TIMEOUT)
                    data, broken = read_end(s)
                    want = LIMITED if peer[0] == f.research else MASKED
                    assert data == want * 20 and not broken, (peer, data[:80], broken)
        server = Thread(serve)
        clients = [stand.dial(f, source=(f.research if i % 2 else f.client, 0)) for i in range(100)]
        for c in clients:
            with c:
                c.sendall(RAW * 20)
        server.result()
    all_ended(stand, d)
    assert d.flow("relayed") == before + 100
