# SPDX-License-Identifier: BSD-2-Clause
"""Two instances on the ingest host: who has which clients is settled at the start, not by packets."""
import contextlib
import os

from gateway.dead import steady
from gateway.life import attach, left, refused_start
from gateway.stand import NETWORKS, PORT, V4, config, drop_queue, transfer, works
from netlib import TIMEOUT, Lab, Scrimd

ELSEWHERE = 'servers: [10.3.0.0/24, "fd00:3::/64"]'


class Second(Lab):
    """The other instance. Where this ends it is taken down."""

    def __init__(self, stand):
        super().__init__("second")
        self.ingest = self.steering = stand.ingest
        self.pins = f"/sys/fs/bpf/scrim-{self.name}"

    def scrimd(self, *words, text=None):
        return Scrimd(self, self.ingest, text or config(servers=ELSEWHERE), *words)


def overlapping(f):
    """Configurations that have a server of the stand's own, of this family."""
    host, wide = (f"{f.server}/32", "10.0.0.0/8") if f is V4 else (f'"{f.server}/128"', '"fd00::/16"')
    upstream = f'"{f.server}:{PORT}"' if f is V4 else f'"[{f.server}]:{PORT}"'
    for servers in (NETWORKS, "", f"servers: [{host}]", f"servers: [{wide}]"):
        yield config(servers=servers)
    yield config(servers=ELSEWHERE, upstream=upstream)


def test_another_instance(stand, f):
    """A second instance for clients that the first one has, alive or dead, is refused with what to do, and changes nothing."""
    words = ("listener gate: ", f" on clients, to port {PORT} of ", f"another instance, {stand.name}",
             "another port", f"`scrim detach --instance {stand.name}`")
    with Second(stand) as second, stand.listen(f) as listener, stand.scrimd() as d:
        for alive in (True, False):
            before = left(stand)
            for text in overlapping(f):
                refused_start(second, text, *words)
            refused_start(second, config(), *words, options=("--replace",))
            said = attach(second, fails=True)
            assert all(w in said for w in words), said
            assert left(stand) == before and not os.path.exists(second.pins)
            if alive:
                transfer(stand, f, listener=listener)
                d.kill()
                steady(stand, f)
        with stand.scrimd():  # its own state is in nobody's way
            works(stand, f, listener)
    stand.scrim("detach")


def goes_through(stand, f, listener, d, host=None):
    """A connection, by this daemon."""
    before = d.flow("accepted")
    transfer(stand, f, listener=listener, host=host)
    assert d.flow("accepted") == before + 1


def test_beside_another_instance(stand, f):
    """With other servers it shares interfaces and port: each masks its own clients and refuses them when it is dead."""
    with Second(stand) as second, stand.listen(f) as own, stand.listen(f, host=f.outside) as others, \
            stand.scrimd() as d, second.scrimd() as e:
        for _ in range(2):
            goes_through(stand, f, own, d)
            goes_through(stand, f, others, e, f.outside)
        # What it steers may become more, but nothing that the first one has.
        refused_start(second, config(servers=ELSEWHERE.replace("]", ", 10.2.0.2/32]")), f"another instance, {stand.name}",
                      options=("--takeover",))
        with open(e.file.name, "w", encoding="utf-8") as file:
            file.write(config())
        assert "restart" in second.scrim("reload", fails=True)
        goes_through(stand, f, others, e, f.outside)
        e.kill()
        steady(stand, f, host=f.outside)
        goes_through(stand, f, own, d)
        with second.scrimd() as e:
            d.kill()
            steady(stand, f)
            drop_queue(others)
            goes_through(stand, f, others, e, f.outside)
    stand.scrim("detach")


def test_servers_interface_shared(stand, f):
    """Instances with clients on different interfaces share the servers and their interface, whoever lives."""
    stand.ingest.run("ip", "link", "add", "third", "type", "veth", "peer", "name", "third-far")
    with Second(stand) as second, stand.listen(f) as listener, stand.scrimd() as d:
        with second.scrimd(text=config(interfaces=("third", "servers"))):
            goes_through(stand, f, listener, d)
        goes_through(stand, f, listener, d)
    stand.ingest.run("ip", "link", "del", "third")
    stand.scrim("detach")


def test_at_once(stand, f):
    """Of two instances that start at the same moment for the same clients one is refused."""
    with Second(stand) as second, stand.listen(f) as listener, contextlib.ExitStack() as stack:
        both = [second.scrimd(text=config()), stand.scrimd()]
        for d in both:
            stack.callback(d.__exit__)
            assert d.said.wait(TIMEOUT)
        lives, = [d for d in both if d.is_ready]
        refused, = [d for d in both if not d.is_ready]
        assert refused.wait() == 1 and "another instance" in refused.lines[-1], refused.lines
        goes_through(stand, f, listener, lives)
    stand.scrim("detach")
