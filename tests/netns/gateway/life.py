# SPDX-License-Identifier: BSD-2-Clause
"""
Put up, replaced and taken down: each test starts what it needs. A sender keeps on while programs
change hands.
"""
import json
import os
import signal
import socket

from gateway.alone import Sender, captured
from gateway.basic import accepts, through
from gateway.dead import steady
from gateway.stand import (FAMILIES, MASKED, OTHER, PORT, RAW, V4, accepted, config, drop_queue, forwarded,
                           nothing_raw, transfer, works)
from netlib import TIMEOUT, Scrimd, Thread, eventually, read_end, read_exactly, run


def left(stand):
    """What of scrim's there is in the ingest host: rules, routes, programs, pins."""
    found = [line for w in ("-4", "-6") for line in stand.ingest.run("ip", w, "rule").splitlines()
             if "5713" in line or "proto 157" in line]
    for w in ("-4", "-6"):
        found += [line for line in stand.ingest.run("ip", w, "route", "show", "table", "all").splitlines()
                  if "table 5713" in line]
    found += [p.get("name", "") for kind in ("xdp", "tc", "flow_dissector", "netfilter")
              for p in json.loads(stand.ingest.run("bpftool", "-j", "net", "show"))[0].get(kind, [])]
    pins = f"/sys/fs/bpf/scrim-{stand.name}"
    return found + (os.listdir(pins) if os.path.exists(pins) else [])


def as_before(stand, f):
    """Without scrim the stream is forwarded as it is: the capture sees it, and knows it."""
    with stand.at_server() as seen:
        transfer(stand, f, RAW, RAW)
        stand.fence(f, seen)
        assert [p for p in forwarded(seen.packets()) if p.payload == RAW]


def attach(stand, *words, text=None, fails=False):
    path = os.path.join("/run", f"scrim-{stand.name}.yaml")
    with open(path, "w") as f:
        f.write(text or config())
    stand.steering = stand.ingest
    try:
        return stand.scrim("attach", "--config", path, *words, fails=fails)
    finally:
        os.unlink(path)


def test_before_and_after(stand, f):
    """`scrim detach` removes rules, routes, programs and pins, says so, and traffic flows as before scrim."""
    assert not left(stand)
    as_before(stand, f)
    with stand.scrimd() as d, stand.listen(f) as listener:
        works(stand, f, listener)
        assert "in use" in stand.scrim("detach", fails=True)
        transfer(stand, f, listener=listener)
        d.kill()
        steady(stand, f)
        said = stand.scrim("detach")
        for word in ("policy rule", "route", "program on interface clients", "program on interface servers"):
            assert word in said, said
        assert not left(stand), left(stand)
    as_before(stand, f)


def test_attach_alone(stand, f):
    """`scrim attach` without a daemon refuses all; a daemon takes it over."""
    attach(stand)
    with stand.listen(f) as listener, stand.at_server() as seen, stand.at_client() as back:
        steady(stand, f)
        Sender(stand, f).rounds()
        captured(stand, f, seen, back)
        assert not [p for p in seen.packets() if p.dport == PORT and not p.sent]
        with stand.scrimd():
            works(stand, f, listener)
        nothing_raw(seen.packets())
    stand.scrim("detach")


def test_forced_detach(stand, f):
    """`scrim detach --force` takes all down under a living daemon, which puts nothing back."""
    with stand.scrimd() as d:
        stand.scrim("detach", "--force")
        eventually(lambda: any("taken down" in line for line in d.lines), "the daemon's line")
        assert not left(stand), left(stand)
        as_before(stand, f)
    assert not left(stand), left(stand)


def tamper(stand):
    """The pins become another version's: a bit of the programs' tags changes."""
    meta = f"/sys/fs/bpf/scrim-{stand.name}/meta"
    value = [int(b, 16) for b in json.loads(run("bpftool", "-j", "map", "dump", "pinned", meta))[0]["value"]]
    value[0] ^= 0x40
    run("bpftool", "map", "update", "pinned", meta, "key", "0", "0", "0", "0", "value", *map(str, value))


def test_another_version(stand, f):
    """State of another version is refused with a hint; --replace swaps it with nothing forwarded meanwhile."""
    with stand.scrimd() as d, stand.listen(f) as listener:
        works(stand, f, listener)
        count = d.rule("ssn", "strict")["matches"]
        d.kill()
    tamper(stand)
    with stand.listen(f) as listener, stand.at_server() as seen, stand.at_client() as back:
        refused_start(stand, config(), "--replace")
        with KeepSending(stand, f):
            with stand.scrimd("--replace") as d:
                drop_queue(listener)
                works(stand, f, listener)
                assert d.rule("ssn", "strict")["matches"] > count, "counts began anew"
        captured(stand, f, seen, back)
    stand.scrim("detach")


class KeepSending:
    """Packets of a sender in another thread, until it is left."""

    def __init__(self, stand, f):
        self.ends = False

        def rounds():
            number = 0
            while not self.ends:
                Sender(stand, f).round(number % 1000)
                number += 1
            return number
        self.thread = Thread(rounds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ends = True
        assert self.thread.result() > 3


def refused_start(stand, text, *words, options=()):
    d = Scrimd(stand, stand.ingest, text, *options)
    try:
        assert d.wait() == 1, d.lines
        said = "\n".join(d.lines)
        assert all(w in said for w in words), said
    finally:
        d.__exit__()


def test_interface_missing(stand, f):
    """An interface that is not there: the start is refused, its name is said, and nothing is left behind."""
    refused_start(stand, config(interfaces=("clients", "nowhere")), "nowhere")
    assert not left(stand), left(stand)


def test_port_of_a_bridge(stand, f):
    """A bridge passes packets on past any program on its ports: such an interface is refused, or told of."""
    ingest = stand.ingest
    text = config(interfaces=("port", "servers"))
    ingest.run("ip", "link", "add", "port", "type", "veth", "peer", "name", "far")
    ingest.run("ip", "link", "add", "bridge0", "type", "bridge")
    try:
        ingest.run("ip", "link", "set", "port", "master", "bridge0")
        refused_start(stand, text, "`port` is a port of bridge0")
        assert not left(stand), left(stand)
        ingest.run("ip", "link", "set", "port", "nomaster")
        with stand.scrimd(text=text) as d:
            ingest.run("ip", "link", "set", "port", "master", "bridge0")
            eventually(lambda: any("`port` is a port of bridge0" in line for line in d.lines), "the daemon's line")
    finally:
        for interface in ("port", "bridge0"):
            ingest.run("ip", "link", "del", interface)
        stand.scrim("detach", "--force")


def test_port_taken(stand, f):
    """Programs that listen on the steered port already do not keep scrim from it, and get nothing."""
    with stand.ingest.listening("0.0.0.0", PORT) as a, stand.ingest.listening("::", PORT) as b:
        with stand.scrimd(), stand.listen(f) as listener:
            works(stand, f, listener)
        assert not accepts(a) and not accepts(b)
    stand.scrim("detach")


def test_all_behind(stand, f):
    """Without `servers:` everything behind the interface is protected: each destination is masked."""
    with stand.scrimd(servers=""):
        for host in (f.server, f.outside):
            with stand.at_server() as seen:
                transfer(stand, f, host=host)
                stand.fence(f, seen)
                nothing_raw(seen.packets())
        with stand.at_server() as seen:
            transfer(stand, f, RAW, RAW, host=f.outside, port=OTHER)
    stand.scrim("detach")


def test_all_of_one_family(stand, f):
    """With `servers:` of one family alone, all of it, the other one is forwarded as it was."""
    other, = (o for o in FAMILIES if o is not f)
    with stand.scrimd(servers='servers: [0.0.0.0/0]' if f is V4 else 'servers: ["::/0"]'):
        with stand.at_server() as seen:
            transfer(stand, f)
            stand.fence(f, seen)
            nothing_raw(seen.packets())
        assert through(stand, other, other.server, PORT), "it was not forwarded: somebody relays it"
    stand.scrim("detach")


def test_upstream(stand, f):
    """With an upstream given, all that clients dial on the port goes there, from the client's address."""
    upstream = f"'{f.server}:2580'" if f is V4 else f"'[{f.server}]:2580'"
    with stand.scrimd(upstream=upstream) as d, stand.listen(f, 2580) as listener:
        with stand.at_server() as seen:
            nowhere = f.server[:-1] + "9"
            transfer(stand, f, host=nowhere, listener=listener)
            transfer(stand, f, listener=listener)
            stand.fence(f, seen)
            nothing_raw(seen.packets())
            assert not [p for p in forwarded(seen.packets()) if 2580 in (p.sport, p.dport)]
    stand.scrim("detach")


def test_both_directions(stand, f):
    """mask: both masks the answers too."""
    with stand.scrimd(mask="both"), stand.listen(f) as listener, stand.dial(f) as c:
        s, _ = listener.accept()
        with s, stand.at_client() as back:
            for a, b in ((c, s), (s, c)):
                a.sendall(RAW)
                assert read_exactly(b, len(RAW)) == MASKED
            stand.fence(f, back, "server")
            nothing_raw(back.packets())
    stand.scrim("detach")


def test_drain(stand, f):
    """SIGTERM: new connections are refused, an open one ends by itself, still masked."""
    with stand.scrimd() as d, stand.listen(f) as listener, stand.at_server() as seen, stand.dial(f) as c:
        s, _ = listener.accept()
        with s:
            s.settimeout(TIMEOUT)
            c.sendall(RAW)
            assert read_exactly(s, len(RAW)) == MASKED
            d.process.send_signal(signal.SIGTERM)
            steady(stand, f)
            drop_queue(listener)  # what came before the signal was seen ends too
            c.sendall(RAW)
            assert read_exactly(s, len(RAW)) == MASKED
            c.shutdown(socket.SHUT_WR)
            assert read_end(s) == (b"", False)
            s.shutdown(socket.SHUT_WR)
            assert read_end(c) == (b"", False)
        assert d.wait() == 0, d.lines
        steady(stand, f)
        stand.fence(f, seen)
        nothing_raw(seen.packets())
    stand.scrim("detach")


def test_cookies(stand, f):
    """Where the kernel answers SYNs with cookies (a flood of them) connections still get through."""
    stand.ingest.sysctl("net.ipv4.tcp_syncookies", 2)
    try:
        with stand.scrimd(), stand.listen(f) as listener:
            works(stand, f, listener)
    finally:
        stand.ingest.sysctl("net.ipv4.tcp_syncookies", 1)
    stand.scrim("detach")


def test_fast_open(stand, f):
    """A SYN that brings data (TCP fast open, on for all listening sockets of the hosts): masked as any."""
    hosts = stand.client, stand.ingest, stand.server
    for ns in hosts:
        ns.sysctl("net.ipv4.tcp_fastopen", 0x607)
    try:
        with (stand.scrimd(), stand.at_client() as near, stand.at_server() as seen, stand.listen(f) as listener,
              stand.client.socket(f.af) as c):
            c.bind((f.client, 0))
            c.sendto(RAW, socket.MSG_FASTOPEN, (f.server, PORT))
            with accepted(listener, c) as s:
                assert read_exactly(s, len(MASKED)) == MASKED
                s.sendall(RAW)
                assert read_exactly(c, len(RAW)) == RAW
            near.wait(lambda p: p.sent and p.syn and p.payload == RAW, "a SYN with data")
            stand.fence(f, seen)
            nothing_raw([p for p in seen.packets() if not p.sent])
    finally:
        for ns in hosts:
            ns.sysctl("net.ipv4.tcp_fastopen", 1)
