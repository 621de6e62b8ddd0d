# SPDX-License-Identifier: BSD-2-Clause
"""Network namespaces joined by veth pairs, and scrimd in one of them.

Everything runs in one process: a thread enters a namespace for as long as it makes a socket or
starts a program there (setns is a thread's own), so tests read top to bottom.

    with Lab() as lab:                      names scrim-PID-..., all of it gone at the end
        a, b = lab.namespace("a"), lab.namespace("b")
        lab.link(a, "eth0", ["10.1.0.1/24"], b, "eth1", ["10.1.0.2/24", "fd00:1::2/64"])

        a eth0 ═══════ eth1 b               MAC addresses are fixed by the names: link again
                                            after `ip link del` and nobody notices
        with Scrimd(lab, b, config) as d:   up to its line "ready"
            d.flow("steered"), d.rule("ssn", "default")

libcapture.py captures and reads packets, libpackets.py makes them.
"""
import contextlib
import ctypes
import hashlib
import inspect
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback

TIMEOUT = 60  # of every wait: what takes longer hangs, on a busy machine too
CLONE_NEWNET = 0x40000000
BUILD = os.path.realpath(os.environ.get("SCRIM_BUILD") or
                         os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build"))
LIBC = ctypes.CDLL(None, use_errno=True)


def run(*command, fails=False):
    """Runs a command to its end; its output. fails: it may, and then the output is its error too."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT * 3,
                          stdin=subprocess.DEVNULL)
    if done.returncode and not fails:
        raise AssertionError(f"{' '.join(command)}: {done.returncode}: {done.stderr.strip()}")
    return done.stdout + done.stderr if fails else done.stdout


def eventually(condition, what, timeout=TIMEOUT):
    """Waits until condition() is true; its value."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"not within {timeout} s: {what}"
        time.sleep(0.02)


class Namespace:
    def __init__(self, name):
        self.name = name
        run("ip", "netns", "add", name)
        self.fd = os.open(f"/run/netns/{name}", os.O_RDONLY | os.O_CLOEXEC)
        self.run("ip", "link", "set", "lo", "up")
        for family in ("ipv4", "ipv6"):
            self.sysctl(f"net.{family}.conf.all.forwarding", 0)
        for key in ("accept_dad", "accept_ra", "router_solicitations"):
            self.sysctl(f"net.ipv6.conf.default.{key}", 0)

    @contextlib.contextmanager
    def entered(self):
        """This thread is in the namespace meanwhile."""
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._set(self.fd)
            yield self
        finally:
            self._set(before)
            os.close(before)

    @staticmethod
    def _set(fd):
        if LIBC.setns(fd, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")

    def run(self, *command, fails=False):
        with self.entered():
            return run(*command, fails=fails)

    def popen(self, *command, **kw):
        with self.entered():
            return subprocess.Popen(command, **kw)

    def socket(self, family, kind=socket.SOCK_STREAM, protocol=0):
        with self.entered():
            s = socket.socket(family, kind, protocol)
        s.settimeout(TIMEOUT)
        return s

    def listening(self, host, port, backlog=128):
        """A listening socket; host "::" is IPv6 alone."""
        s = self.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if ":" in host:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        s.bind((host, port))
        s.listen(backlog)
        return s

    def connected(self, host, port, source=None, timeout=TIMEOUT):
        """A connection from this namespace; source is (address, port)."""
        s = self.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        try:
            s.settimeout(timeout)
            if source:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                s.bind(source)
            s.connect((host, port))
            s.settimeout(TIMEOUT)
        except BaseException:
            s.close()
            raise
        return s

    def sysctl(self, key, value):
        with self.entered(), open("/proc/sys/" + key.replace(".", "/"), "w") as f:
            f.write(str(value))

    def forward(self):
        for family in ("ipv4", "ipv6"):
            self.sysctl(f"net.{family}.conf.all.forwarding", 1)

    def route(self, *words):
        self.run("ip", *(["-6"] if any(":" in w for w in words) else []), "route", "replace", *words)

    def remove(self):
        os.close(self.fd)
        run("ip", "netns", "del", self.name, fails=True)


def mac(ns, interface):
    """The address that Lab.link() gives an interface: the same one each time."""
    where = ns.name.rsplit("-", 1)[1] + "/" + interface
    digest = hashlib.sha256(where.encode()).digest()
    return bytes([2]) + digest[:5]


class Lab:
    """Namespaces that belong together, and a scrim instance of the same name."""

    def __init__(self, name="lab"):
        self.name = f"{name}{os.getpid()}"  # of the instance: no dots, at most 31 bytes
        self.namespaces = []
        self.steering = None  # the namespace in which scrimd was last

    def namespace(self, name):
        ns = Namespace(f"scrim-{self.name}-{name}")
        self.namespaces.append(ns)
        return ns

    def link(self, a, a_name, a_addresses, b, b_name, b_addresses, mtu=1500):
        a.run("ip", "link", "add", a_name, "address", mac(a, a_name).hex(":"), "mtu", str(mtu),
              "type", "veth", "peer", "name", b_name, "address", mac(b, b_name).hex(":"),
              "mtu", str(mtu), "netns", b.name)
        for ns, name, addresses in ((a, a_name, a_addresses), (b, b_name, b_addresses)):
            for address in addresses:
                ns.run("ip", "addr", "add", address, "dev", name,
                       *(["nodad"] if ":" in address else []))
        for ns, name in ((a, a_name), (b, b_name)):
            ns.run("ip", "link", "set", name, "up")

    def scrim(self, *words, fails=False):
        """The command line, in the namespace of the daemon."""
        return self.steering.run(f"{BUILD}/scrim", *words, "--instance", self.name, fails=fails)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.steering and os.path.exists(f"/sys/fs/bpf/scrim-{self.name}"):
            self.scrim("detach", "--force", fails=True)
        for ns in self.namespaces:
            ns.remove()


class Counters:
    """The pinned counters of an instance, with the daemon alive or dead."""

    def __init__(self, instance):
        self.pins = f"/sys/fs/bpf/scrim-{instance}"

    def _rows(self, name):
        text = run("bpftool", "-j", "map", "dump", "pinned", f"{self.pins}/{name}")
        return [row["formatted"]["value"] for row in json.loads(text)]

    def flows(self):
        return {row["name"]: row["count"] for row in self._rows("flow")}

    def flow(self, name):
        return self.flows()[name]

    def rule(self, rule, role):
        """The row of a rule under a role, as a dict; None where there is none."""
        for row in self._rows("rules"):
            if (row["rule"], row["role"]) == (rule, role):
                return row
        return None

    def rows(self, role):
        """The rows of all rules under a role."""
        return [row for row in self._rows("rules") if row["role"] == role]


def map_id(pid, name):
    """The identifier of a daemon's map of this name: it holds all that its programs use."""
    held = f"/proc/{pid}/fdinfo"
    found = set()
    for fd in os.listdir(held):
        with contextlib.suppress(FileNotFoundError), open(f"{held}/{fd}") as file:
            found.update(line.split()[1] for line in file if line.startswith("map_id:"))
    one, = (i for i in found if json.loads(run("bpftool", "-j", "map", "show", "id", i))["name"] == name)
    return one


class Scrimd(Counters):
    """The daemon, in a namespace. As a context it is ready, and killed at the end."""

    def __init__(self, lab, ns, config, *words, under=()):
        """under: a command in front, that becomes the daemon."""
        super().__init__(lab.name)
        lab.steering = ns
        self.file = tempfile.NamedTemporaryFile("w", suffix=".yaml")
        self.file.write(config)
        self.file.flush()
        self.process = ns.popen(*under, f"{BUILD}/scrimd", "--config", self.file.name, "--instance",
                                lab.name, *words, stdin=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)
        self.lines, self.said = [], threading.Event()
        self.is_ready = False
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip())
            if re.search(r"\bready\b", line):
                self.is_ready = True
                self.said.set()
        self.said.set()

    def wait_ready(self):
        assert self.said.wait(3 * TIMEOUT) and self.is_ready, self.lines
        return self

    def kill(self, number=signal.SIGKILL):
        """A signal, and the end of the process; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.wait()

    def wait(self):
        code = self.process.wait(TIMEOUT)
        self.reader.join(TIMEOUT)
        return code

    def map_id(self, name):
        return map_id(self.process.pid, name)

    def stands_still(self):
        """Whether each of its threads does: a signal reaches them one after another."""
        tasks = f"/proc/{self.process.pid}/task"
        for task in os.listdir(tasks):
            with contextlib.suppress(FileNotFoundError), open(f"{tasks}/{task}/stat") as f:
                if f.read().rsplit(")", 1)[1].split()[0] != "T":
                    return False
        return True

    def thread_states(self):
        for task in os.listdir(f"/proc/{self.process.pid}/task"):
            with open(f"/proc/{self.process.pid}/task/{task}/stat") as f:
                yield f.read().rpartition(")")[2].split()[0]

    @contextlib.contextmanager
    def stopped(self):
        """The process stands still meanwhile: alive, and repairing nothing."""
        self.process.send_signal(signal.SIGSTOP)
        eventually(lambda: set(self.thread_states()) == {"T"}, "all threads stand still")
        try:
            eventually(self.stands_still, "the daemon stands still")
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def __enter__(self):
        try:
            return self.wait_ready()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        self.kill()
        self.process.stderr.close()
        self.file.close()


def read_exactly(s, n):
    data = bytearray()
    while len(data) < n:
        piece = s.recv(min(n - len(data), 1 << 20))
        assert piece, f"the stream ended after {len(data)} of {n} bytes"
        data += piece
    return bytes(data)


def read_end(s):
    """All bytes up to the end of the stream, and whether it ended by a reset."""
    data = bytearray()
    try:
        while piece := s.recv(1 << 20):
            data += piece
    except ConnectionResetError:
        return bytes(data), True
    return bytes(data), False


class Thread(threading.Thread):
    """Runs a function at once; result() has its value, or raises what it raised."""

    def __init__(self, function, *args):
        super().__init__(daemon=True)
        self.call = function, args
        self.value = self.error = None
        self.start()

    def run(self):
        try:
            self.value = self.call[0](*self.call[1])
        except BaseException as error:
            self.error = error

    def result(self, timeout=3 * TIMEOUT):
        self.join(timeout)
        assert not self.is_alive(), f"{self.call[0].__name__} hangs"
        if self.error:
            raise self.error
        return self.value


def tests_of(module):
    return [f for name, f in vars(module).items() if name.startswith("test_")]


def title(test):
    """The first sentence of its docstring: the contract that it holds."""
    return (inspect.getdoc(test) or test.__name__[5:].replace("_", " ")).split("\n\n")[0].replace("\n", " ")


def run_tests(tests, words=()):
    """
    Runs (name, function without arguments) pairs, of which words select by name; prints a line
    for each and the sum. The exit code.
    """
    passed = failed = 0
    for name, test in tests:
        if words and not any(word in name for word in words):
            continue
        began = time.monotonic()
        try:
            note = test()
        except Exception:
            failed += 1
            print(f"FAIL {name}\n{traceback.format_exc()}", flush=True)
        else:
            passed += 1
            print(f"ok   {name}" + (f": {note}" if isinstance(note, str) else ""), flush=True)
        if os.environ.get("SCRIM_TIMES"):
            print(f"       {time.monotonic() - began:.1f} s", file=sys.stderr)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return int(failed > 0 or passed == 0)
