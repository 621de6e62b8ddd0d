# SPDX-License-Identifier: BSD-2-Clause
"""Programs that bring the kernel's side up, look at it and take it down, while one call fails.

A subject runs in a namespace of its own, of a thread that comes back to it:

    clients, servers   interfaces of a gateway: programs, policy rules, a table of routes; one of
                       them is both sides of another
    127.0.0.1:SERVICE  a service whose port is steered in mode local; what a dial brings there says
                       whether the port is free (RAW), masked, or refused (nothing)

Whatever fails, a port that is steered is never free, one that fails before it is in force leaves
nothing behind, and what is left can be taken down: then nothing is.
"""
import contextlib
import glob
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time

from inject import ALWAYS, BUILD, SAN, Page
from programs import MASKED, RAW, TIMEOUT, Daemon, check_end, finish, names, state

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../netns"))
from netlib import Namespace, eventually, map_id, run  # noqa: E402

GATE, SERVICE = 2575, 2600
HEAD = """version: 1
workers: 1
limits: {hold: 60s}
listeners:
  - {name: gate, mode: gateway, interfaces: {clients: clients, servers: servers},
     servers: [10.2.0.0/24, "fd00:2::/64"], port: 2575, format: text, mask: to-server, policy: few}
  - {name: arm, mode: gateway, interfaces: {clients: servers, servers: servers},
     servers: [10.3.0.0/24], port: 2577, format: text, mask: to-server, policy: few}
"""
LOCAL = "  - {name: service, mode: local, port: 2600, format: text, mask: to-server, policy: few}\n"
TAIL = "policies:\n  few: {rules: [ssn]}\n"
ALL, LESS = HEAD + LOCAL + TAIL, HEAD + TAIL  # LESS: the service is steered no more

# With roles, and then others: who comes from SPECIAL is masked, and then is not.
SPECIAL = "127.0.0.2"
FIRST = ALL.replace("policy: few}\npolicies", f"policy: few, roles: [{{sources: [{SPECIAL}/32], policy: few, name: one}}]}}\npolicies")
SECOND = FIRST.replace("policy: few, name: one}", "policy: none, name: one}, {sources: [127.0.1.0/24], policy: few, name: two}")
SECOND += "  none: {rules: [email]}\n"
RENAMED = SECOND.replace("name: service", "name: other").replace("name: gate", "name: door").replace("workers: 1", "workers: 2")


class Field:
    """The namespace, what it has without scrim, and an instance for it."""

    def __init__(self, number):
        self.instance = f"field{os.getpid()}-{number}"
        self.pins = f"/sys/fs/bpf/scrim-{self.instance}"
        self.ns = Namespace(f"scrim-{self.instance}")
        self.ns.run("ip", "link", "add", "clients", "type", "veth", "peer", "name", "servers")
        for interface in ("clients", "servers"):
            self.ns.run("ip", "link", "set", interface, "up")
        self.server = self.ns.listening("127.0.0.1", SERVICE)
        self.files = {}
        for name, text in (("all", ALL), ("less", LESS)):
            self.files[name] = f"/tmp/scrim-{self.instance}-{name}.yaml"
            with open(self.files[name], "w", encoding="utf-8") as f:
                f.write(text)
        eventually(lambda: self.ns.run("ip", "-6", "route", "show", "table", "local").count("local fe80::") == 2,
                   "the interfaces have what they get by themselves")
        self.free = self.routing()

    def routing(self):
        """What could be left over in the namespace: rules, routes, programs of interfaces."""
        net = json.loads(self.ns.run("bpftool", "-j", "net", "show"))[0]
        return ([self.ns.run("ip", family, *what) for family in ("-4", "-6")
                 for what in (("rule", "list"), ("route", "show", "table", "all"))],
                [(p["devname"], p["kind"]) for p in net["tc"]],
                [line for line in self.ns.run("tc", "qdisc", "show").splitlines() if "clsact" in line])

    def asks(self, *words):
        """A command without a fault, and how it ended."""
        done = self.ns.popen(f"{BUILD}/scrim", *words, "--instance", self.instance, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
        out, said = done.communicate(timeout=TIMEOUT)
        return subprocess.CompletedProcess(words, done.returncode, out, said)

    def scrim(self, *words):
        """The same, which has to go well."""
        done = self.asks(*words)
        assert done.returncode == 0, done
        return done.stdout

    def attach(self):
        """Everything up, by nobody whom a fault could meet; how it looks then."""
        self.scrim("attach", "--config", self.files["all"])
        return self.routing()

    def counts(self):
        return json.loads(self.scrim("status", "--json"))["flow"]

    def dial(self, source="127.0.0.1"):
        """What the service gets of a stream that has a value in it."""
        got = b""
        with contextlib.suppress(ConnectionError), self.ns.connected("127.0.0.1", SERVICE, (source, 0)) as client:
            client.sendall(RAW)
            finish(client)
            came = select.select([self.server, client], [], [], TIMEOUT)[0]
            assert came, "neither taken on nor refused"
            if self.server in came:
                with self.server.accept()[0] as peer:
                    peer.settimeout(TIMEOUT)
                    while piece := peer.recv(4096):
                        got += piece
        return got

    def refuses(self):
        got = self.dial()
        assert not got, f"nobody serves the port, and the service has {got!r}"

    def is_free(self):
        """Nothing is left of scrim."""
        assert not os.path.exists(self.pins), f"pins are left: {os.listdir(self.pins)}"
        now = self.routing()
        assert now == self.free, f"left over: {now}"
        got = self.dial()
        assert got == RAW, f"nothing is attached, and the service has {got!r}"

    def take_down(self):
        """What is pinned refuses; then nothing is left."""
        if os.path.exists(self.pins):
            self.refuses()
            self.scrim("detach")
        self.is_free()

    def clean(self):
        """After what went wrong: the next one begins with nothing."""
        self.ns.run(f"{BUILD}/scrim", "detach", "--force", "--instance", self.instance, fails=True)
        while select.select([self.server], [], [], 0)[0]:
            self.server.accept()[0].close()

    def close(self):
        self.clean()
        self.server.close()
        self.ns.remove()
        for file in self.files.values():
            os.unlink(file)


class Fields:
    """One for each thread, kept from one run to the next."""

    def __init__(self):
        self.mine, self.all, self.lock = threading.local(), [], threading.Lock()

    @contextlib.contextmanager
    def entered(self):
        with self.lock:
            if not hasattr(self.mine, "field"):
                self.mine.field = Field(len(self.all))
                self.all.append(self.mine.field)
        field = self.mine.field
        try:
            with field.ns.entered():
                yield field
        except BaseException:
            field.clean()
            raise

    def close(self):
        for field in self.all:
            field.close()


class Steered:
    """A subject by its function: act(page, field). how: Page.arm's, where not each call fails, once."""

    def __init__(self, fields, name, act, **how):
        self.fields, self.name, self.act, self.how = fields, name, act, how

    def run(self, page):
        with self.fields.entered() as field:
            self.act(page, field)


def masked(page, field):
    """One stream while the daemon serves: masked, or a beginning of it."""
    got = field.dial()
    assert MASKED.startswith(got), f"{page.hit()}: the service has {got!r}"


def daemon(page, field, text, *words):
    """Its start, a stream if the service is steered, and its end: code, and what it said."""
    with Daemon(page, text, "--instance", field.instance, *words) as d:
        if d.is_ready and text is ALL:
            masked(page, field)
        code, said = d.end()
    assert d.is_ready or code, f"{page.hit()}: ended with 0, and never ready: {said}"
    return code, said


def said_by(d):
    return "".join(d.lines)


def tool(page, field, *words):
    """A command under faults: code, what it printed, and what it said."""
    done = subprocess.run([f"{SAN}/scrim", *words, "--instance", field.instance], capture_output=True, text=True,
                          timeout=TIMEOUT, env=page.environment())
    check_end(page, done.returncode, done.stderr)
    return done.returncode, done.stdout, done.stderr


def start(page, field):
    """Nothing was there: then something is that refuses, or nothing."""
    check_end(page, *daemon(page, field, ALL))
    field.take_down()


def start_again(page, field):
    """Over what is pinned: it refuses on, and counts go on."""
    up, before = field.attach(), field.counts()
    check_end(page, *daemon(page, field, ALL))
    now = field.routing()
    assert now == up, f"was {up}, is {now}"
    after = field.counts()
    assert all(after[name] >= n for name, n in before.items()), f"{before}, then {after}"
    field.take_down()


def start_less(page, field):
    """A configuration that steers less: refused, and everything stays."""
    up = field.attach()
    code, said = daemon(page, field, LESS)
    assert code == 1 and ("no longer says so" in said or names(page.hit(), said)), f"{page.hit()}: {code}: {said}"
    now = field.routing()
    assert now == up, f"was {up}, is {now}"
    field.take_down()


def start_less_replacing(page, field):
    """What is let go is free, or said to be there still."""
    field.attach()
    code, said = daemon(page, field, LESS, "--replace")
    check_end(page, code, said)
    end = time.monotonic() + TIMEOUT
    while not code and not names(page.hit(), said) and not field.dial():  # a link goes soon after its pin
        assert time.monotonic() < end, f"{page.hit()}: the port is still refused, and that is not said: {said}"
    field.scrim("detach")
    field.is_free()


def takeover(page, field):
    """A second daemon takes over while a call of either fails: it serves, or the first one goes on."""
    armed = page.rearm()
    with Daemon(page, ALL, "--instance", field.instance) as old:
        assert old.is_ready and field.dial() == MASKED, old.lines
        armed()
        with Daemon(page, ALL, "--instance", field.instance, "--takeover") as new:
            page.disarm()
            serving = new if new.is_ready else old
            if new.is_ready:
                check_end(page, old.wait(), said_by(old))
            else:
                code = new.wait()
                end = time.monotonic() + TIMEOUT
                while not names(page.hit(), said_by(new) + said_by(old)):  # the old one puts all back before it says why
                    assert code == 1 and time.monotonic() < end, f"{code}: {new.lines}, {old.lines}"
            end = time.monotonic() + TIMEOUT
            while not serving.has_broken() and (got := field.dial()) != MASKED:  # it learns of the other's end soon
                assert MASKED.startswith(got) and time.monotonic() < end, f"{got}: {new.lines}, {old.lines}"
            check_end(page, *serving.end())
    field.take_down()


def heirs(field):
    """Processes of a daemon that `scrim restart` had started, its launcher among them, by their command line."""
    found = []
    for file in glob.glob("/proc/[0-9]*/cmdline"):
        with contextlib.suppress(OSError), open(file, "rb") as f:
            words = f.read().decode().split("\0")
            if words[0] == f"{SAN}/scrimd" and {field.instance, "--takeover"} <= set(words):
                found.append(int(file.split("/")[2]))
    return [pid for pid in found if state(pid) not in "ZX"]


def end_all(field):
    """After what went wrong: they have the pipe that is read to its end."""
    for pid in heirs(field):
        os.kill(pid, signal.SIGKILL)


def restart(page, field):
    """The launcher starts a daemon while a call fails: that has taken over and it is said so, or the first one goes on."""
    armed = page.rearm()
    with Daemon(page, ALL, "--instance", field.instance) as d, contextlib.ExitStack() as stack:
        stack.callback(end_all, field)
        assert d.is_ready and field.dial() == MASKED, d.lines
        armed()
        done = field.asks("restart")
        page.disarm()
        if done.returncode:
            assert page.hit() and ("goes on" in done.stderr or "launcher is gone" in done.stderr), (page.hit(), done)
            eventually(lambda: not heirs(field), "the new daemon has ended")
            assert d.process.poll() is None, f"{page.hit()}: {done.stderr}: {d.lines}"
            assert field.dial() == MASKED, (page.hit(), d.lines)
            code, said = d.end()
            assert code == 0, f"{page.hit()}: {code}: {said}"
        else:
            assert d.process.wait(TIMEOUT) == 0, d.lines
            assert field.dial() == MASKED, (page.hit(), d.lines)
            os.kill(int(done.stdout.split()[1]), signal.SIGTERM)
            eventually(lambda: not heirs(field), "the new daemon has ended")
    field.take_down()


def goes_on(field, d, up):
    """It serves, under its own configuration, and what it steers is as it was."""
    end = time.monotonic() + TIMEOUT
    while field.dial() != MASKED:  # it learns of the other's end soon
        assert time.monotonic() < end, d.lines
    assert field.dial(SPECIAL) == MASKED, d.lines
    assert field.routing() == up, f"was {up}, is {field.routing()}"
    assert "ruleset version" in field.scrim("reload")


def takeover_dies(page, field):
    """The second daemon, with other roles and names and more workers, is killed at a call: the first goes on, or it had taken over."""
    with contextlib.closing(Page()) as others, Daemon(others, FIRST, "--instance", field.instance) as old:
        assert old.is_ready and field.dial(SPECIAL) == MASKED, old.lines
        up, pins = field.routing(), sorted(os.listdir(field.pins))
        with Daemon(page, RENAMED, "--instance", field.instance, "--takeover") as new:
            page.disarm()
            if not page.hit():
                assert new.is_ready and old.wait() == 0 and field.dial(SPECIAL) == RAW, (new.lines, old.lines)
                check_end(page, *new.end())
            elif new.wait() and any("has taken over" in line for line in old.lines):
                old.wait()
                field.refuses()
            else:
                goes_on(field, old, up)
                assert sorted(os.listdir(field.pins)) == pins
                code, said = old.end()
                assert code == 0, said
    field.take_down()


def roles(d):
    """Which networks the kernel's side has, of whom."""
    said = json.loads(run("bpftool", "-j", "map", "dump", "id", map_id(d.process.pid, "roles")))
    return sorted((str(r["formatted"]["key"]), r["formatted"]["value"]["name"]) for r in said)


def rows(field):
    return [(r["rule"], r["role"]) for r in json.loads(field.scrim("status", "--json"))["rules"]]


def reload(page, field):
    """A reload while calls fail: all of it, or nothing has changed; and then once more."""
    armed = page.rearm()
    with Daemon(page, FIRST, "--instance", field.instance) as d:
        first = roles(d), rows(field)
        with open(d.file.name, "w", encoding="utf-8") as f:
            f.write(SECOND)
        armed()
        done = field.asks("reload")
        page.disarm()
        for _ in range(2):
            assert field.dial() == MASKED and field.dial("127.0.1.1") == MASKED, (page.hit(), d.lines)
            assert field.dial(SPECIAL) == (MASKED if done.returncode else RAW), (page.hit(), done, d.lines)
            if not done.returncode:
                break
            assert names(page.hit(), done.stderr), (page.hit(), done)
            assert rows(field) == first[1], (page.hit(), rows(field))
            # Where no call can be made that is not to be had; who is of which role the ruleset says.
            assert roles(d) == first[0] or page.armed[2] > 1, (page.hit(), roles(d))
            done = field.asks("reload")
            assert not done.returncode, done
        assert (len(roles(d)), len(rows(field))) == (len(first[0]) + 1, len(first[1]) + 2), (roles(d), rows(field))
        check_end(page, *d.end())
    field.take_down()


def attach(page, field):
    """All of it, or a reason and nothing: but where only saying so fails."""
    code, _, said = tool(page, field, "attach", "--config", field.files["all"])
    if code and "standard output" not in said:
        field.is_free()
    else:
        field.take_down()


def detach(page, field):
    """All of it, or a reason; and then once more."""
    field.attach()
    code, out, _ = tool(page, field, "detach")
    if code:
        field.scrim("detach")
    else:
        assert "nothing was attached" not in out, f"{page.hit()}: {out}"
    field.is_free()


def status(page, field):
    """What it prints without a fault, or a reason."""
    field.attach()
    want = {words: field.scrim("status", *words) for words in ((), ("--json",))}
    for words, text in want.items():
        code, out, _ = tool(page, field, "status", *words)
        assert out == text if not code else text.startswith(out), f"{page.hit()}: printed {out[-200:]!r}"
        page.disarm()
    field.take_down()


def subjects(fields):
    """(subject, how far apart the calls are that fail where not all do)"""
    return [(Steered(fields, name, act), step) for name, act, step in (
        ("scrimd's start, steering", start, 97), ("scrimd's start over what is pinned", start_again, 83),
        ("scrimd's start, steering less", start_less, 61),
        ("scrimd's start, replacing what steers more", start_less_replacing, 131),
        ("a takeover, steering", takeover, 101), ("scrim attach", attach, 71), ("scrim detach", detach, 31), ("scrim status", status, 11))]


def moments(fields):
    """The same of what takes a certain call, or has another end."""
    return [(Steered(fields, "a takeover, its words", takeover, only="send"), 1),
            (Steered(fields, "a restart", restart, only="pipe,fork,waitpid,execvp,poll"), 7),
            # Calls by number: the launcher's for the end of its child, and of both daemons.
            (Steered(fields, "a restart, by number", restart, only="syscall"), 311),
            (Steered(fields, "a takeover, whose new daemon is killed", takeover_dies, kills=True), 149),
            (Steered(fields, "a takeover, whose new daemon is killed at a word", takeover_dies, only="send", kills=True), 1),
            (Steered(fields, "a reload, steering", reload, only="syscall"), 5),
            (Steered(fields, "a reload, steering, and all from there on", reload, only="syscall", times=ALWAYS), 5)]
