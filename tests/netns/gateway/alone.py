# SPDX-License-Identifier: BSD-2-Clause
"""
Each of these alone forwards nothing: a policy rule flushed, an interface made anew, the program
detached, the daemon dead. A sender keeps trying all the while; the daemon stands still first, so
that it is the fault itself that is tested and not the repair, and then repairs it.
"""
import contextlib
import json
import os

from gateway.stand import PORT, RAW, nothing_raw, transfer, works
from libcapture import TCP
from libpackets import ACK, DSTOPTS, FRAGMENT, MORE, PSH, SYN, chained, fragment6, ip, ipv4, ipv6, tcp
from netlib import eventually, run

TRIES = 15
ESP, AH = 50, 51


class Sender:
    """
    Sends all it can from both ends: new connections with a planted value behind each, packets of
    streams that do not exist, the same covered by what hides a port, and data on a connection from
    before.
    """

    def __init__(self, stand, f, old=None):
        self.stand, self.f, self.old = stand, f, old

    def round(self, number):
        f = self.f
        for side, (a, b, sport, dport) in (("client", (f.client, f.server, 6000 + number, PORT)),
                                           ("server", (f.server, f.client, PORT, 6000 + number))):
            with contextlib.suppress(OSError):  # the interface may be gone
                wire = self.stand.wire(side)
                for flags in (SYN, ACK | PSH):
                    wire.send(ip(a, b, TCP, tcp(a, b, sport, dport, flags, payload=RAW if flags & PSH else b"")))
                for packet in covered(a, b, tcp(a, b, sport, dport, ACK | PSH, payload=RAW)):
                    wire.send(packet)
        for s in self.old or ():
            with contextlib.suppress(OSError):
                s.sendall(RAW)
        with contextlib.suppress(OSError), self.stand.dial(f, timeout=0.05) as c:
            c.settimeout(0.05)
            c.sendall(RAW)
            c.recv(1)

    def rounds(self):
        for number in range(TRIES):
            self.round(number)


def covered(a, b, segment):
    """Fragments that no router can read a port from, and other protocols around the segment."""
    if ":" not in a:
        return [ipv4(a, b, TCP, segment[:8], fragment=MORE), ipv4(a, b, TCP, segment[8:], fragment=1),
                ip(a, b, ESP, segment), ip(a, b, AH, b"\6\2\0\0" + b"\0" * 12 + segment)]
    return [ipv6(a, b, FRAGMENT, fragment6(TCP, 0, 1) + segment[:8]),
            ipv6(a, b, FRAGMENT, fragment6(TCP, 8, 0) + segment[8:]),
            chained(a, b, [DSTOPTS], segment), ip(a, b, ESP, segment)]


def old_connection(stand, f, listener):
    c = stand.dial(f)
    s, _ = listener.accept()
    c.settimeout(0.05)
    s.settimeout(0.05)
    return c, s


def captured(stand, f, *captures):
    """Both captures, once all that is under way has arrived."""
    for side, seen in zip(("client", "server"), captures):
        stand.fence(f, seen, side)
        nothing_raw(seen.packets())


def broken_alone(stand, d, f, breaks, repaired):
    """
    breaks() while the daemon stands still: nothing is forwarded. Then it goes on, and repairs.
    Captures begin anew behind breaks(): the interface under the first ones may be gone.
    """
    with stand.listen(f) as listener:
        works(stand, f, listener)
        c, s = old_connection(stand, f, listener)
        with c, s, contextlib.ExitStack() as stack:
            first = [stack.enter_context(stand.at_server()), stack.enter_context(stand.at_client())]
            with d.stopped():
                breaks()
                second = [stack.enter_context(stand.at_server()), stack.enter_context(stand.at_client())]
                Sender(stand, f, (c,)).rounds()
                captured(stand, f, *second)
            eventually(repaired, "the repair")
            works(stand, f, listener)
            captured(stand, f, *second)
            for seen in first:
                nothing_raw(seen.packets())
    with stand.listen(f) as listener:
        transfer(stand, f, listener=listener)


def rules(stand, f, interface):
    return [line for line in stand.ingest.run("ip", f.words[0], "rule").splitlines()
            if "lookup 5713" in line and f"iif {interface}" in line]


def flush(stand, f, interface):
    assert rules(stand, f, interface)
    while rules(stand, f, interface):
        stand.ingest.run("ip", f.words[0], "rule", "del", "priority", "90", "iif", interface)


def flushed(stand, d, f, interface):
    broken_alone(stand, d, f, lambda: flush(stand, f, interface), lambda: rules(stand, f, interface))


def test_rule_of_clients_flushed(stand, d, f):
    """The policy rule on the clients' side flushed: nothing is forwarded, and the rule comes back."""
    flushed(stand, d, f, "clients")


def test_rule_of_servers_flushed(stand, d, f):
    """The policy rule on the servers' side flushed: nothing is forwarded, and the rule comes back."""
    flushed(stand, d, f, "servers")


def test_all_rules_flushed(stand, d, f):
    """All policy rules flushed at once, of the table too: nothing is forwarded, and all come back."""
    def breaks():
        stand.ingest.run("ip", f.words[0], "route", "flush", "table", "5713")
        flush(stand, f, "clients")
        flush(stand, f, "servers")
    broken_alone(stand, d, f, breaks, lambda: rules(stand, f, "clients") and rules(stand, f, "servers"))


def made_anew(stand, d, f, interface):
    def breaks():
        stand.link_again(interface)
    broken_alone(stand, d, f, breaks, lambda: interface in stand.programs())


def test_interface_of_clients_made_anew(stand, d, f):
    """The clients' interface made anew: nothing is forwarded, and the program is attached again."""
    made_anew(stand, d, f, "clients")


def test_interface_of_servers_made_anew(stand, d, f):
    """The servers' interface made anew: nothing is forwarded, and the program is attached again."""
    made_anew(stand, d, f, "servers")


def test_rule_flushed_while_an_interface_is_gone(stand, d, f):
    """A policy rule that is flushed while an interface is away comes back without waiting for it."""
    stand.unlink("servers")
    flush(stand, f, "clients")
    flush(stand, f, "servers")
    eventually(lambda: rules(stand, f, "clients") and rules(stand, f, "servers"), "the rules come back")
    stand.link_servers()
    with stand.listen(f) as listener:
        works(stand, f, listener)


def test_interfaces_that_come_and_go(stand, d, f):
    """Other interfaces of the host have a row each in the map of interfaces, and leave none behind."""
    def as_many():
        rows = json.loads(run("bpftool", "-j", "map", "dump", "id", d.map_id("ifaces")))
        there = json.loads(stand.ingest.run("ip", "-j", "link"))
        return {row["formatted"]["key"] for row in rows} == {i["ifindex"] for i in there}
    stand.ingest.run("ip", "link", "add", "passing", "type", "veth", "peer", "name", "by")
    eventually(as_many, "rows for both")
    stand.ingest.run("ip", "link", "del", "passing")
    eventually(as_many, "no rows of what is gone")


def detached(stand, d, f, interface):
    broken_alone(stand, d, f, lambda: stand.detach_program(interface), lambda: interface in stand.programs())


def test_program_on_clients_detached(stand, d, f):
    """The program on the clients' side detached: nothing is forwarded, and it is attached again."""
    detached(stand, d, f, "clients")


def test_program_on_servers_detached(stand, d, f):
    """The program on the servers' side detached: nothing is forwarded, and it is attached again."""
    detached(stand, d, f, "servers")


def test_pins_removed(stand, d, f):
    """The pins of all links removed: the daemon holds the links, nothing is forwarded."""
    with stand.listen(f) as listener, stand.at_server() as seen, stand.at_client() as back:
        for pin in os.listdir(d.pins):
            if pin.endswith(("-clients", "-servers", "-lookup")):
                os.unlink(f"{d.pins}/{pin}")
        Sender(stand, f).rounds()
        captured(stand, f, seen, back)
        works(stand, f, listener)
    d.kill()
