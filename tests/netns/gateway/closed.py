# SPDX-License-Identifier: BSD-2-Clause
"""
What goes wrong on a host and not in scrim fails closed: a daemon that stands still, that the kernel
kills for memory, that may lock none, and a map of listeners that somebody has emptied. Captures at
both ends are the proof.
"""
import contextlib
import json
import os
import resource
import signal
import time

from gateway.alone import TRIES, Sender, captured
from gateway.basic import accepts
from gateway.dead import is_broken, steady
from gateway.life import attach
from gateway.stand import MASKED, RAW, accepted, all_ended, drop_queue, refused, works
from netlib import TIMEOUT, eventually, read_end, read_exactly, run

CGROUP = "/sys/fs/cgroup"
WAITING = 100  # records that a client sends to a daemon that stands still
LITTLE = 4 << 20
PRESSED = 20   # s at most until the kernel kills for memory


def open_one(stand, f, listener):
    """A stream with its first record through."""
    c = stand.dial(f)
    c.sendall(RAW)
    s = accepted(listener, c)
    s.settimeout(TIMEOUT)
    assert read_exactly(s, len(RAW)) == MASKED
    return c, s


def is_silent(s):
    s.settimeout(0)
    try:
        s.recv(1)
    except BlockingIOError:
        return True
    finally:
        s.settimeout(TIMEOUT)
    return False


def test_standing_still(stand, d, f):
    """A daemon that stands still forwards nothing, of open streams or new ones; what waited then arrives masked."""
    with stand.listen(f) as listener, stand.at_server() as seen, stand.at_client() as back:
        works(stand, f, listener)
        drop_queue(listener)
        c, s = open_one(stand, f, listener)
        with c, s, contextlib.ExitStack() as stack:
            with d.stopped():
                new = stack.enter_context(stand.dial(f))
                for open_stream in (c, new):
                    open_stream.sendall(RAW * WAITING)
                Sender(stand, f, [c]).rounds()
                captured(stand, f, seen, back)
                assert is_silent(s), "an open stream went on"
                assert not accepts(listener), "a new one reached the server"
            assert read_exactly(s, len(RAW) * (WAITING + TRIES)) == MASKED * (WAITING + TRIES)
            listener.settimeout(TIMEOUT)
            other = stack.enter_context(accepted(listener, new))
            other.settimeout(TIMEOUT)
            assert read_exactly(other, len(RAW) * WAITING) == MASKED * WAITING
            captured(stand, f, seen, back)
    all_ended(stand, d)


def sockets_in(number):
    """The keys under which a map of sockets has one."""
    entries = json.loads(run("bpftool", "-j", "map", "dump", "id", number))
    return [e["key"] for e in entries if "error" not in e["value"]]


def emptied(stand, d, f, name):
    """The map loses all its sockets, under a living daemon: which gets nothing, and nothing is forwarded."""
    with stand.listen(f) as listener, stand.at_server() as seen, stand.at_client() as back, \
            contextlib.ExitStack() as stack:
        works(stand, f, listener)
        all_ended(stand, d)
        drop_queue(listener)
        stack.callback(d.kill)  # the next test has a daemon of its own
        before = d.flows()
        number = d.map_id(name)
        keys = sockets_in(number)
        assert keys
        for key in keys:
            run("bpftool", "map", "delete", "id", number, "key", *key)
        for _ in range(TRIES):
            assert refused(stand, f), "not refused"
        Sender(stand, f).rounds()
        captured(stand, f, seen, back)
        after = d.flows()
        assert not sockets_in(number) and d.process.poll() is None
        assert after["accepted"] == before["accepted"] and not accepts(listener)
        assert after["no-listener"] >= before["no-listener"] + TRIES


def test_emptied_listener_map(stand, d, f):
    """With its listening sockets taken out of the map a living daemon gets nothing: refused by a reset, counted."""
    emptied(stand, d, f, "sockets")


def test_emptied_map_of_life(stand, d, f):
    """With its sign of life taken out of the map a living daemon gets nothing: refused by a reset, counted."""
    emptied(stand, d, f, "alive")


def write(group, name, value):
    with open(f"{group}/{name}", "w") as file:
        file.write(str(value))


@contextlib.contextmanager
def little_memory(pid, spare):
    """The kernel kills the process where it takes so many bytes more. Yields its cgroup, or None: not to be had."""
    name = f"scrim-{os.getpid()}"
    with contextlib.ExitStack() as stack:
        for group, limits in ((f"{CGROUP}/memory/{name}", ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")),
                              (f"{CGROUP}/{name}", ("memory.max", "memory.swap.max"))):
            try:
                os.mkdir(group)
                stack.callback(eventually, lambda g=group: removed(g), "the cgroup is left")
                if not os.path.exists(f"{group}/{limits[0]}"):
                    continue
                write(group, limits[0], spare)
                if os.path.exists(f"{group}/{limits[1]}"):  # no kernel without swap has it
                    write(group, limits[1], spare if "memsw" in limits[1] else 0)
                write(group, "cgroup.procs", pid)
            except OSError:
                continue
            yield group
            return
        yield None


def removed(group):
    with contextlib.suppress(OSError):
        os.rmdir(group)
    return not os.path.exists(group)


def kills(group):
    """How many the kernel has killed in it for memory."""
    for name in ("memory.oom_control", "memory.events"):
        with contextlib.suppress(FileNotFoundError), open(f"{group}/{name}") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("oom_kill "))
    return 0


def press(stand, f, clients, stack):
    """Nobody reads, so what is sent stays in the daemon as far as it can; and more connections come."""
    for c in clients:
        with contextlib.suppress(OSError):
            c.send(RAW * 1009)
    with contextlib.suppress(OSError):
        c = stack.enter_context(stand.dial(f, timeout=1))
        c.settimeout(0)
        clients.append(c)


def test_killed_for_memory(stand, d, f):
    """Killed by the kernel for memory under load: a reset to both ends, then refused, and nothing raw."""
    with stand.listen(f) as listener, stand.at_server() as seen, stand.at_client() as back, \
            contextlib.ExitStack() as stack:
        works(stand, f, listener)
        drop_queue(listener)
        pairs = [tuple(map(stack.enter_context, open_one(stand, f, listener))) for _ in range(8)]
        clients = [c for c, _ in pairs]
        for c in clients:
            c.settimeout(0)
        with little_memory(d.process.pid, 1 << 20) as group:
            until = time.monotonic() + PRESSED
            while d.process.poll() is None and time.monotonic() < until:
                press(stand, f, clients, stack)
                if not group:
                    break
            by_kernel = d.process.poll() is not None
            d.process.kill()
            assert d.wait() == -signal.SIGKILL, d.lines
            assert not by_kernel or kills(group) >= 1, "it ended, and not for memory"
        for c, s in pairs:
            data, broken = read_end(s)
            assert broken, "a clean end at the server"
            assert data == (MASKED * (len(data) // len(MASKED) + 1))[:len(data)], "the server has other bytes"
            c.settimeout(TIMEOUT)
            assert read_end(c) == (b"", True) or is_broken(c), "a clean end at the client"
        steady(stand, f)
        Sender(stand, f, clients).rounds()
        captured(stand, f, seen, back)
    return None if by_kernel else "no limit of memory that kills is to be had here: SIGKILL in its place"


def test_no_memory_to_lock(stand, f):
    """Where no memory, or little, may be locked a start works, masked, or says why not and all stays refused."""
    attach(stand)  # as at a boot
    outcomes = []
    most = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]  # not everybody may raise it
    for limit in sorted({0, LITTLE if most == resource.RLIM_INFINITY else min(LITTLE, most)}):
        under = ("prlimit", f"--memlock={limit}:{limit}", "setpriv", "--bounding-set=-ipc_lock,-sys_resource",
                 "--inh-caps=-ipc_lock,-sys_resource")
        with stand.listen(f) as listener, stand.at_server() as seen, stand.at_client() as back:
            d = stand.scrimd(under=under)
            try:
                assert d.said.wait(TIMEOUT) and all(line.startswith("scrimd: ") for line in d.lines), d.lines
                outcomes.append("works" if d.is_ready else "refused")
                if d.is_ready:
                    works(stand, f, listener)
                    assert any("memory is not locked" in line for line in d.lines), d.lines
                    Sender(stand, f).rounds()
                else:
                    assert d.wait() == 1 and "memory" in " ".join(d.lines), d.lines
                    steady(stand, f)
                captured(stand, f, seen, back)
            finally:
                d.__exit__()
    stand.scrim("detach")
    return ", ".join(outcomes)
