# SPDX-License-Identifier: BSD-2-Clause
"""Takeovers and reloads under load where the kernel steers, in modes local and gateway.

Every connection goes through and is masked, whatever it meets; counts are exact over all daemons.
"""
import contextlib
import errno
import json
import os
import signal
import socket
import sys
import threading

import liblocal
from gateway import stand as gateway
from netlib import TIMEOUT, Scrimd, eventually, run

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../faults"))
from inject import CALL, Page  # noqa: E402

CLIENTS = 6
LOST = errno.ECONNRESET, errno.ECONNREFUSED, errno.EPIPE, errno.ENOTCONN
PORT, RAW, MASKED, LIMITED = gateway.PORT, gateway.RAW, gateway.MASKED, gateway.LIMITED


def echo(listener, stop):
    def serve(peer):
        with peer, contextlib.suppress(OSError):
            peer.settimeout(3 * TIMEOUT)
            while piece := peer.recv(1 << 16):
                peer.sendall(piece)
            peer.shutdown(socket.SHUT_WR)

    listener.settimeout(0.2)
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


class Load:
    """Clients whose short connections follow one another, at a service that sends back what it gets."""

    def __init__(self, client, service, hosts, wants=(MASKED,)):
        self.client, self.wants = client, wants
        self.stop, self.over, self.lost = threading.Event(), threading.Event(), None
        self.done, self.wrong = [0] * CLIENTS, []
        self.listeners = [service.listening(host, PORT, 1024) for host in hosts]
        self.threads = [threading.Thread(target=echo, args=(s, self.over), daemon=True) for s in self.listeners]
        self.clients = [threading.Thread(target=self.run, args=(i, hosts[i % len(hosts)]), daemon=True)
                        for i in range(CLIENTS)]
        for t in self.threads + self.clients:
            t.start()

    def run(self, i, host):
        while not self.stop.is_set() and not self.wrong:
            try:
                with self.client.connected(host, PORT, self.source(host)) as s:
                    s.sendall(RAW)
                    s.shutdown(socket.SHUT_WR)
                    got = b""
                    while piece := s.recv(4096):
                        got += piece
                assert got in self.wants, got
                self.done[i] += 1
            except (OSError, AssertionError) as e:
                if self.lost is not None and getattr(e, "errno", 0) in LOST:
                    self.lost.append(host)
                else:
                    self.wrong.append(f"after {sum(self.done)} connections: {host}: {e!r}")

    @contextlib.contextmanager
    def may_lose(self, some):
        """Meanwhile connections may be refused or reset."""
        self.lost = [] if some else None
        yield
        made = list(self.done)
        eventually(lambda: self.wrong or all(a > b for a, b in zip(self.done, made)), "each client goes on")
        self.lost = None

    @staticmethod
    def source(host):
        """Not the address of another role."""
        return ("fd00:1::1" if ":" in host else "10.1.0.1", 0)

    def goes_on(self):
        made = sum(self.done)
        eventually(lambda: self.wrong or sum(self.done) > made + 30, "connections go through")
        assert not self.wrong, self.wrong

    def finish(self):
        self.stop.set()
        for t in self.clients:
            t.join(2 * TIMEOUT)
            assert not t.is_alive(), "a client hangs"
        self.over.set()
        for t in self.threads:
            t.join(TIMEOUT)
        for s in self.listeners:
            s.close()
        assert not self.wrong, self.wrong
        return sum(self.done)


class Local:
    """The client's service is on the host itself."""

    def __init__(self):
        self.host = liblocal.Host("takeover")
        self.lab, self.ns, self.client = self.host.lab, self.host.ns, self.host.client
        self.service, self.role = self.ns, "strict"
        self.hosts = [a[0] for a in liblocal.FAMILIES.values()]

    def config(self, more=""):
        listeners = (("local", ""), ("more", f"port: {liblocal.OTHER}")) if more else (("local", ""),)
        return liblocal.config(*listeners, limits="drain: 5m", policies=POLICIES)

    @staticmethod
    def programs():
        return {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lab.scrim("detach", "--force")
        self.host.__exit__()


POLICIES = "policies:\n  strict: {rules: [builtin]}\n  limited: {rules: [builtin], except: [date]}\n"


class Gateway:
    def __init__(self, stand=None):
        self.lab = stand or gateway.Stand()
        self.ns, self.client, self.service = self.lab.ingest, self.lab.client, self.lab.server
        self.hosts, self.role = [f.server for f in gateway.FAMILIES], "strict"

    def programs(self):
        return {(way, name): program for way in ("ingress", "egress")
                for name, program in self.lab.programs(way).items()}

    def config(self, more=""):
        text = gateway.config(interfaces=self.lab.interfaces).replace("hold: 60s", "hold: 60s, drain: 5m")
        if not more:
            return text
        one = text[text.index("  - name: gate"):text.index("policies:")]
        return text.replace("policies:", one.replace("name: gate", "name: more").replace(f"{PORT}", "2601") + "policies:")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lab.scrim("detach", "--force")
        self.lab.__exit__(None, None, None)


def counted(d, role):
    flows = d.flows()
    return (d.rule("ssn", role) or {"matches": 0})["matches"], flows["accepted"], flows["relayed"]


def under_load(stand, takeovers=2):
    """takeovers under load: nobody is refused or reset, counts are exact"""
    d = Scrimd(stand.lab, stand.ns, stand.config()).wait_ready()
    before = counted(d, stand.role)
    load = Load(stand.client, stand.service, stand.hosts)
    try:
        for n in range(takeovers):
            load.goes_on()
            heir = Scrimd(stand.lab, stand.ns, stand.config("more" if n else ""), "--takeover")
            assert heir.said.wait(3 * TIMEOUT) and heir.is_ready, (heir.lines, d.lines)
            load.goes_on()
            assert d.wait() == 0, d.lines
            d = heir
            if n == 1:
                # What is steered cannot be taken away by a takeover: connections would go on raw.
                less = Scrimd(stand.lab, stand.ns, stand.config(), "--takeover")
                assert less.wait() == 1 and "is steered" in less.lines[-1], less.lines
                load.goes_on()
        made = load.finish()
        eventually(lambda: counted(d, stand.role)[2] - before[2] == made, "all ends are counted")
        after = counted(d, stand.role)
        assert [a - b for a, b in zip(after, before)] == [made] * 3, (before, after, made)
        return f"{made} connections"
    finally:
        load.stop.set()
        load.over.set()
        d.kill()


def killed(stand):
    """a new daemon that is killed when its programs are in force already: the old one puts its own back"""
    d = Scrimd(stand.lab, stand.ns, stand.config()).wait_ready()
    load = Load(stand.client, stand.service, stand.hosts)
    try:
        load.goes_on()
        # Pinned when the programs have been swapped.
        meta = f"/sys/fs/bpf/scrim-{stand.lab.name}/meta"
        pinned = lambda: json.loads(run("bpftool", "-j", "map", "show", "pinned", meta))["id"]
        own, programs = pinned(), stand.programs()
        heir = Scrimd(stand.lab, stand.ns, stand.config(), "--takeover")

        def has_sockets():
            base = f"/proc/{heir.process.pid}/fd"
            with contextlib.suppress(FileNotFoundError):
                return sum(os.readlink(f"{base}/{n}").startswith("socket:") for n in os.listdir(base)) > 4
        eventually(has_sockets, "the sockets are handed over")
        with d.stopped():
            eventually(lambda: pinned() != own, "the new programs are in force")
            assert not set(stand.programs().items()) & set(programs.items()), stand.programs()
            heir.kill(signal.SIGKILL)
        eventually(lambda: any("this one goes on" in line for line in d.lines), "the old one has seen it")
        assert pinned() == own and stand.programs() == programs, (stand.programs(), programs)
        load.goes_on()
        stand.lab.scrim("reload")
        load.finish()
        # It was put back as it should, not repaired later as if somebody had taken it away.
        assert not any("attached again" in line for line in d.lines), d.lines
    finally:
        load.stop.set()
        load.over.set()
        d.kill()


def changes(stand):
    """What may be other with a new daemon."""
    text = stand.config()
    role = '{sources: [10.1.0.1/32, "fd00:1::1/128"], policy: limited, name: fresh}'
    with_role = (text.replace("    roles:\n", f"    roles:\n      - {role}\n") if "roles:" in text
                 else text.replace("policy: strict\n", f"policy: strict\n    roles: [{role}]\n", 1))
    yield text.replace("- name: gate", "- name: other").replace("- name: local", "- name: other")
    yield with_role
    yield text.replace("workers: 2", "workers: 6")
    yield stand.config("more")


# Its programs are in force; it may begin; it has begun, and has not said so.
MOMENTS = (("send", 2), ("recv", 1), ("send", 3))


def dies(stand):
    """a new daemon with another name, more workers or roles is killed at each word: the old one goes on, and nobody is refused or reset before it has begun"""
    d = Scrimd(stand.lab, stand.ns, stand.config()).wait_ready()
    load = Load(stand.client, stand.service, stand.hosts)
    try:
        load.goes_on()
        programs, pins = stand.programs(), sorted(os.listdir(d.pins))
        for text in changes(stand):
            for moment in MOMENTS:
                # In the last one clients are led to its sockets, and the programs ask whether it lives.
                with contextlib.closing(Page()) as page, load.may_lose(moment is MOMENTS[-1]):
                    page.arm(CALL, moment[1], only=moment[0], kills=True)
                    said = len(d.lines)
                    heir = Scrimd(stand.lab, stand.ns, text, "--takeover", under=page.command())
                    assert heir.wait() == -signal.SIGKILL, heir.lines
                    heir.__exit__()
                    eventually(lambda: any("this one goes on" in line for line in d.lines[said:]), "the old one has seen it")
                load.goes_on()
                assert stand.programs() == programs and sorted(os.listdir(d.pins)) == pins
        assert "version 2" in stand.lab.scrim("reload")
        load.finish()
    finally:
        load.stop.set()
        load.over.set()
        d.kill()


def reloaded(stand):
    """a reload of policy and roles goes to every connection"""
    d = Scrimd(stand.lab, stand.ns, stand.config()).wait_ready()
    load = Load(stand.client, stand.service, stand.hosts, (MASKED, LIMITED))
    try:
        load.goes_on()
        with open(d.file.name, "w", encoding="utf-8") as f:
            f.write(stand.config().replace("policy: strict", "policy: limited"))
        assert "version 2" in stand.lab.scrim("reload")
        with stand.client.connected(stand.hosts[0], PORT, load.source(stand.hosts[0])) as s:
            s.sendall(RAW)
            got = b""
            while len(got) < len(LIMITED):
                got += s.recv(4096)
            assert got == LIMITED, got
        load.finish()
    finally:
        load.stop.set()
        load.over.set()
        d.kill()
