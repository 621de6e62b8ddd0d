# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of mode local share: a host with a service, a client beside it, values.

    client                        host
    eth0 ════════════════════════ eth1        scrimd, and the service on port 2575
    10.1.0.1  fd00:1::1           10.1.0.2  fd00:1::2
    10.1.0.9  fd00:1::9           10.1.0.3
"""
import contextlib
import errno
import socket

from netlib import Lab, Scrimd, eventually, read_exactly, run

PORT, OTHER = 2575, 2576
RAW, MASKED = b"SSN 123-45-6789\n", b"SSN 111-11-1111\n"
VALUE = b"123-45-6789"
ANSWER = b"answered\n"
FAMILIES = {"IPv4": ("10.1.0.2", "127.0.0.1"), "IPv6": ("fd00:1::2", "::1")}

POLICIES = """policies:
  strict: {rules: [builtin]}
"""


def config(*listeners, limits="", policies=POLICIES):
    """listeners: (name, further lines) pairs; one in mode local on PORT where there is none."""
    text = f"version: 1\nworkers: 2\nlimits: {{{limits}}}\nlisteners:\n"
    for name, more in listeners or (("local", ""),):
        keys = {"mode": "local", "port": str(PORT), "format": "text", "mask": "to-server",
                "policy": "strict"}
        lines = [line for line in more.split("\n") if line]
        for line in lines:
            keys.pop(line.split(":")[0].strip(), None)
        lines = [f"{k}: {v}" for k, v in keys.items()] + lines
        text += f"  - name: {name}\n" + "".join(f"    {line}\n" for line in lines)
    return text + policies


class Host:
    def __init__(self, name):
        self.lab = Lab(name)
        self.client, self.ns = self.lab.namespace("client"), self.lab.namespace("host")
        self.lab.link(self.client, "eth0", ["10.1.0.1/24", "10.1.0.9/24", "fd00:1::1/64", "fd00:1::9/64"],
                      self.ns, "eth1", ["10.1.0.2/24", "10.1.0.3/24", "fd00:1::2/64"])

    @contextlib.contextmanager
    def scrimd(self, text=None, *words):
        """The daemon ready, and all of it taken down at the end."""
        try:
            with Scrimd(self.lab, self.ns, text or config(), *words) as d:
                yield d
        finally:
            self.lab.scrim("detach", "--force")

    def daemon(self, text=None, *words):
        """The daemon over what is pinned already, which stays."""
        return Scrimd(self.lab, self.ns, text or config(), *words)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.lab.__exit__(*exc)


def refusal(ns, host, port=PORT, source=None):
    """How a connection ends that may not be: "refused" at once, "reset" after it, or "open"."""
    try:
        s = ns.connected(host, port, source)
    except ConnectionRefusedError:
        return "refused"
    except ConnectionResetError:
        return "reset"
    with s:
        try:
            s.sendall(RAW)
            return "open" if s.recv(1) else "eof"
        except (ConnectionResetError, BrokenPipeError):
            return "reset"


def refused_steadily(ns, host, port=PORT):
    """
    No live daemon: a reset to the SYN. A dying ring may take connections for a moment; those are
    reset, too, and never answered.
    """
    def once():
        how = refusal(ns, host, port)
        assert how in ("refused", "reset"), how
        return how == "refused"
    eventually(once, f"{host} port {port} is refused")


def exchange(s, service, data=RAW, want=MASKED, answer=ANSWER):
    """Data goes through, an answer comes back, both ends end; what the service knows of it."""
    with s:
        s.sendall(data)
        got = service.next()
        got.wait(want)
        got.socket.sendall(answer)
        assert read_exactly(s, len(answer)) == answer
        s.shutdown(socket.SHUT_WR)
        assert got.ended() == "eof"
        got.socket.shutdown(socket.SHUT_WR)
        assert s.recv(1) == b"", "more than the answer"
    return got


def is_reset(s):
    """True if the connection ends by a reset; False if cleanly."""
    try:
        while s.recv(1 << 16):
            pass
        return False
    except ConnectionResetError:
        return True
    except OSError as error:
        assert error.errno == errno.ECONNABORTED, error  # this host's own SOCK_DESTROY
        return True


class Deltas:
    """How much counters have grown since this was made."""

    def __init__(self, daemon):
        self.daemon, self.before = daemon, daemon.flows()

    def __getitem__(self, name):
        return self.daemon.flow(name) - self.before[name]

    def grown(self):
        """All that have."""
        now = self.daemon.flows()
        return {name: now[name] - self.before[name] for name in now if now[name] != self.before[name]}

    def expect(self, **counts):
        """By name, - as _; waits, for the daemon counts the end of a connection when it has seen it."""
        def now():
            return {k: self[k.replace("_", "-")] for k in counts}
        try:
            eventually(lambda: now() == counts, "counts")
        except AssertionError:
            raise AssertionError(f"{now()} counted, not {counts}") from None


def pids_sockets(ns, pid):
    """The daemon's listening TCP sockets, as (address, port)."""
    out = ns.run("ss", "-Htlnp")
    return [tuple(line.split()[3].rsplit(":", 1)) for line in out.splitlines() if f"pid={pid}," in line]


def pinned(lab):
    return run("find", f"/sys/fs/bpf/scrim-{lab.name}", fails=True)
