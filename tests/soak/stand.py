# SPDX-License-Identifier: BSD-2-Clause
"""What a soak needs of the world: the daemon, a service that knows its streams, ends of sockets."""
import contextlib
import json
import os
import queue
import re
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

import model

TIMEOUT = 60
BUILD = os.path.realpath(os.environ.get("SCRIM_BUILD") or
                         os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build"))
TCP_REPAIR = 19


def reset(s):
    with_reader_gone(s)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def vanish(s):
    """The socket goes and nobody is told, as with a host whose power is cut."""
    with_reader_gone(s)
    try:
        s.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    except OSError:
        pass  # it has ended already
    s.close()


def with_reader_gone(s):
    """A thread in recv() would keep the socket alive behind its close."""
    try:
        s.shutdown(socket.SHUT_RD)
    except OSError:
        pass
    if reader := Reader.of.pop(s.fileno(), None):
        reader.thread.join(TIMEOUT)


def client(port, source):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT: the same port towards another is no obstacle
    s.bind((source, 0))
    s.settimeout(TIMEOUT)
    s.connect(("127.0.0.1", port))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


class Reader:
    """Reads a socket to its end on a thread of its own: what came, and whether the end was clean."""

    of = {}

    def __init__(self, s, data=b"", r=None):
        """r: now and then it is slow to begin."""
        self.slow = r.random() * 0.3 if r and r.random() < 0.1 else 0
        self.socket, self.data, self.clean, self.failed = s, bytearray(data), False, None
        Reader.of[s.fileno()] = self
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        time.sleep(self.slow)
        try:
            while piece := self.socket.recv(1 << 18):
                self.data += piece
            self.clean = True
        except ConnectionError:
            pass
        except OSError as error:
            self.failed = error

    def quiet(self):
        """Waits until nothing has come for a moment."""
        n = -1
        while n != len(self.data):
            n = len(self.data)
            time.sleep(0.1)

    def ended(self):
        self.thread.join(2 * TIMEOUT)
        assert not self.thread.is_alive() and not self.failed, f"hangs after {len(self.data)} bytes: {self.failed}"

    def finish(self):
        """All that came; the socket is closed."""
        self.ended()
        Reader.of.pop(self.socket.fileno(), None)
        self.socket.close()
        return bytes(self.data)


class Service:
    """Accepts what scrimd connects, and finds out which stream it is from its first record."""

    NUMBER = re.compile(rb"stream (\d{9})\n|ORU\^R01\|(\d{9})\|")

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self.socket.getsockname()[1]
        self.expected, self.lock = {}, threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def expect(self, number):
        with self.lock:
            return self.expected.setdefault(number, queue.Queue())

    def forget(self, number):
        with self.lock:
            self.expected.pop(number, None)

    def _accept(self):
        while True:
            try:
                s, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._know, args=(s,), daemon=True).start()

    def _know(self, s):
        s.settimeout(TIMEOUT)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = b""
        try:
            while not (found := self.NUMBER.search(head)):
                piece = s.recv(4096)
                if not piece:
                    raise ConnectionError
                head += piece
        except OSError:  # it was cut before that
            s.close()
            return
        with self.lock:
            waiting = self.expected.pop(int(found[1] or found[2]), None)
        if waiting:
            waiting.put((s, head))
        else:
            s.close()

    def close(self):
        self.socket.close()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


class Scrimd:
    def __init__(self, upstream, instance):
        self.instance, self.upstream = instance, upstream
        self.ports = {name: free_port() for name in model.FORMATS}
        self.file = tempfile.NamedTemporaryFile("w", suffix=".yaml")
        self.write(model.FIRST)
        self.log = tempfile.NamedTemporaryFile("w+", suffix=".log")
        self.process = subprocess.Popen([f"{BUILD}/scrimd", "--config", self.file.name, "--instance", instance],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.log)
        end = time.monotonic() + TIMEOUT
        while ": ready" not in self.said():
            assert self.process.poll() is None and time.monotonic() < end, self.said()
            time.sleep(0.05)
        self.open, self.links = self.descriptors(), self.descriptor_links()

    def scrim(self, *words):
        done = subprocess.run([f"{BUILD}/scrim", *words, "--instance", self.instance], capture_output=True, text=True,
                              timeout=TIMEOUT)
        assert done.returncode == 0, f"scrim {words}: {done.stderr}"
        return done.stdout

    def said(self):
        with open(self.log.name) as f:
            return f.read()

    def last_words(self):
        code = self.process.poll()
        return f"scrimd {'is alive' if code is None else f'ended with {code}'}: {self.said()[-2000:]}"

    def write(self, version):
        with open(self.file.name, "w") as f:
            f.write(model.config(version, upstream=self.upstream, **self.ports))

    def reload(self, version):
        self.write(version)
        self.scrim("reload")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def resident(self):
        with open(f"/proc/{self.process.pid}/status") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("VmRSS")) << 10

    def idle(self):
        """Waits until it has let go of every connection, and its buffers have shrunk."""
        end = time.monotonic() + TIMEOUT
        while self.descriptors() > self.open:
            assert time.monotonic() < end, f"{self.descriptors() - self.open} descriptors stay open:\n{self.state()}"
            time.sleep(0.05)
        time.sleep(1.5)

    def descriptor_links(self):
        """What each descriptor of the daemon is: {number: "socket:[123]"}."""
        links = {}
        for fd in os.listdir(path := f"/proc/{self.process.pid}/fd"):
            with contextlib.suppress(OSError):
                links[int(fd)] = os.readlink(f"{path}/{fd}")
        return links

    def state(self):
        """What explains a descriptor that stays open: what is open, both ends of it, what the rings wait for."""
        links = self.descriptor_links()
        parts = [f"{fd} -> {what}" for fd, what in sorted(links.items()) if self.links.get(fd) != what]
        parts += [self.sockets(), subprocess.run(["ss", "-s"], capture_output=True, text=True).stdout]
        for fd, what in sorted(links.items()):
            if "io_uring" in what:
                with contextlib.suppress(OSError), open(f"/proc/{self.process.pid}/fdinfo/{fd}") as f:
                    parts.append(f"ring {fd}:\n{f.read()}")
        for task in os.listdir(f"/proc/{self.process.pid}/task"):
            with contextlib.suppress(OSError), open(f"/proc/{self.process.pid}/task/{task}/stack") as f:
                parts.append(f"thread {task}:\n{f.read()}")
        return "\n".join([*parts, self.said()[-2000:]])

    def sockets(self):
        """The daemon's connections, and the other ends of them."""
        out = subprocess.run(["ss", "-tnpoie"], capture_output=True, text=True).stdout.replace("\n\t", " ")
        own = [line for line in out.splitlines() if f"pid={self.process.pid}," in line]
        ends = {tuple(line.split()[3:5]) for line in own}
        return "\n".join(own + [line for line in out.splitlines() if tuple(line.split()[3:5][::-1]) in ends])

    def counted(self, matches, masked):
        """What the map says of whole streams is what was seen."""
        rows = {r["rule"]: r for r in json.loads(self.scrim("status", "--json"))["rules"] if r["role"] == "few"}
        for rule in model.RULES:
            row = rows.get(rule, {"matches": 0, "masked_bytes": 0})
            assert (row["matches"], row["masked_bytes"]) == (matches[rule], masked[rule]), \
                f"{rule}: counted {row}, seen {matches[rule]} matches, {masked[rule]} bytes"

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(TIMEOUT)
        said = self.said()
        self.log.close()
        self.file.close()
        subprocess.run([f"{BUILD}/scrim", "detach", "--instance", self.instance], stdout=subprocess.DEVNULL)
        assert code == 0, f"scrimd ended with {code}: {said[-2000:]}"
