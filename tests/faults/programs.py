# SPDX-License-Identifier: BSD-2-Clause
"""Programs that run to their end while one call of theirs fails: what each may do, and may not.

A subject runs once for a page that is armed, and raises AssertionError where the end is wrong:

    check   scrim check: good, or a reason
    filter  scrim filter: what comes out is the masked stream, or a beginning of it and a reason
    start   scrimd: ready, masking and ending in order, or a reason and nothing served
"""
import contextlib
import errno
import itertools
import os
import select
import signal
import socket
import subprocess
import tempfile
import threading
import time

from inject import ALWAYS, BUILD, CALL, REPORTED, SAN, within_reach

TIMEOUT = 60  # of what takes longer a sanitizer or a busy machine is no reason

# Ends that are not the program's own: libfyaml takes a null pointer where it has no memory for the
# text that it is given, at the start before anything is served, but at a reload while the daemon
# serves; the sanitizer itself allocates for a thread.
FOREIGN = (("SEGV", "in fy_parse_input_append"), ("SEGV", "in fy_parser_set_string"),
           ("AddressSanitizer: CHECK failed: sanitizer_",))


def foreign(code, said):
    return code == REPORTED and any(all(word in said for word in words) for words in FOREIGN)


def check_end(page, code, said):
    """No crash, no descriptor left open, and no failure without its reason."""
    hit = page.hit()
    if foreign(code, said):
        return
    assert code >= 0 and code != REPORTED, f"{hit}: ended with {code}: {said}"
    assert "AddressSanitizer" not in said and "runtime error" not in said, f"{hit}: {said}"
    if code:
        assert hit, f"fails by itself, {code}: {said}"
        assert code == 1, f"{hit}: ended with {code}, which is for a wrong configuration: {said}"
        assert names(hit, said), f"{hit}: not said: {said!r}"
    opened = page.descriptors()
    # Where there is no memory for an arena the program ends on the spot.
    if opened and not (code and said.endswith(": out of memory\n")):
        assert opened[0] == opened[1], f"{hit}: {opened[1] - opened[0]} descriptors stay open"


# What is said for people where the system's own words help nobody.
WORDS = {errno.ENOMEM: ("out of memory", "no memory", "a worker's thread: "), errno.EADDRINUSE: ("taken", "no port is left"),
         errno.ENODEV: ("there is no interface",),
         errno.EPERM: ("io_uring is forbidden", "reading it needs CAP_BPF", "transparent sockets need CAP_NET_ADMIN")}

OF_LIBBPF = ("the kernel does not take the program", "was pinned by another build of scrim")


def names(hit, said):
    """
    Whether the words say what failed. libbpf has errors of its own, where a try of its or libelf fails;
    or it says nothing, and programs it for a kernel that can less: then what is pinned is another's.
    """
    if not hit:
        return False
    if hit.where.startswith(("libbpf", "libelf")) and any(w in said for w in OF_LIBBPF):
        return True
    return os.strerror(hit.error).lower() in said.lower() or any(w in said for w in WORDS.get(hit.error, ()))


class Tool:
    """A command line of scrim with something to read, and what it prints when nothing fails."""

    how = {}  # each call fails, once

    def __init__(self, name, words, data=b""):
        self.name, self.command, self.data = name, [f"{SAN}/scrim", *words], data
        done = subprocess.run(self.command, input=data, capture_output=True, timeout=TIMEOUT, check=True)
        self.want = done.stdout

    def run(self, page):
        done = subprocess.run(self.command, input=self.data, capture_output=True, timeout=TIMEOUT,
                              env=page.environment())
        check_end(page, done.returncode, done.stderr.decode())
        if done.returncode:
            assert self.want.startswith(done.stdout), f"{page.hit()}: printed {done.stdout[-100:]!r}"
        else:
            assert done.stdout == self.want, f"{page.hit()}: printed {done.stdout[-100:]!r}, and no error"


RAW, MASKED = b"SSN 123-45-6789\n", b"SSN 111-11-1111\n"

CONFIG = """version: 1
workers: 1
limits: {{hold: 60s}}
listeners:
  - name: faults
    mode: proxy
    listen: 127.0.0.1
    port: {port}
    upstream: 127.0.0.1:{upstream}
    format: text
    mask: to-server
    policy: few
    roles:
      - {{sources: [127.0.0.9/32], policy: few, name: other}}
policies:
  few: {{rules: [own, ssn]}}
rules:
  - {{name: own, class: other-id, pattern: 'HX-[0-9]{{8}}', labels: [one]}}
"""


@contextlib.contextmanager
def listening():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen(64)
        s.settimeout(TIMEOUT)
        yield s


PORTS = itertools.count(os.getpid() * 64)  # below those that the system gives away by itself


def free_port():
    """One that nobody else gets meanwhile."""
    while True:
        port = 16384 + next(PORTS) % 16384
        with contextlib.suppress(OSError), socket.socket() as s:
            s.bind(("127.0.0.1", port))
            return port


class Daemon:
    """scrimd with its lines, up to `ready` or its end."""

    def __init__(self, page, text, *words, user=None, front=()):
        """front: a command that becomes the daemon."""
        self.page = page
        self.file = tempfile.NamedTemporaryFile("w", suffix=".yaml")
        os.chmod(self.file.name, 0o644)
        self.file.write(text)
        self.file.flush()
        as_user = {"user": user, "group": user, "extra_groups": []} if user else {}
        place = within_reach().name if user else None
        self.process = subprocess.Popen([*front, f"{place or SAN}/scrimd", "--config", self.file.name, *words], text=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, env=page.environment(place), **as_user)
        self.lines, self.is_ready, self.changed = [], False, threading.Event()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        if not self.changed.wait(TIMEOUT):
            self.__exit__()
            raise AssertionError(f"{page.hit()}: neither ready nor ended: {self.lines}")

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line)
            if ": ready" in line:
                self.is_ready = True
                self.changed.set()
        self.changed.set()

    def heard(self, words):
        """Waits until it has said them."""
        end = time.monotonic() + TIMEOUT
        while not any(words in line for line in self.lines):
            assert time.monotonic() < end, f"{self.page.hit()}: does not say `{words}`: {self.lines}"
            time.sleep(0.01)

    def has_broken(self):
        """Its ring has failed for good: then it ends."""
        return any("a worker broke" in line for line in self.lines)

    def wait(self):
        try:
            code = self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.page.hit()}: does not end: {''.join(self.lines)}") from None
        self.reader.join(TIMEOUT)
        return code

    def end(self):
        """Asks it to end; its code and all that it said."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait(), "".join(self.lines)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()
        self.file.close()


class Start:
    """
    scrimd's start, a stream if it comes to that, and its end. user None: root's, with pinned maps.
    more: of the configuration. how: Page.arm's, where not each call fails, once.
    """

    def __init__(self, name, user=None, more="", **how):
        self.name, self.user, self.more, self.how = name, user, more, how
        if user:
            within_reach()  # once, before there are threads

    def run(self, page):
        if self.user:
            self.start(page)
            return
        instance = f"start{os.getpid()}-{threading.get_ident() % 1000000}"
        try:
            self.start(page, "--instance", instance)
        finally:
            # Whatever is left can be taken down, and is nothing half.
            if os.path.exists(f"/sys/fs/bpf/scrim-{instance}"):
                subprocess.run([f"{BUILD}/scrim", "detach", "--force", "--instance", instance], timeout=TIMEOUT,
                               stdout=subprocess.DEVNULL, check=True)
        assert not os.path.exists(f"/sys/fs/bpf/scrim-{instance}"), f"{page.hit()}: pins are left"

    def start(self, page, *words):
        port = free_port()
        with listening() as server:
            text = CONFIG.format(port=port, upstream=server.getsockname()[1]) + self.more
            with Daemon(page, text, *words, user=self.user) as d:
                if d.is_ready:
                    stream(page, port, server)
                code, said = d.end()
                check_end(page, code, said)
                assert d.is_ready or code, f"{page.hit()}: ended with 0, and never ready: {said}"


def state(pid):
    """As /proc has it, by its letter; X: there is no such process."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return "X"


def eventually(holds, what):
    end = time.monotonic() + TIMEOUT
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.002)


class Launcher:
    """scrimd's launcher: it has nothing of what the daemon was given, or is not there; and it ends with the daemon."""

    how = {"only": "dup3,close_range"}

    def __init__(self, name):
        self.name = name
        within_reach()

    @staticmethod
    def of(d):
        """The daemon's children, and what each has open."""
        pid = d.process.pid
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            children = [int(child) for child in f.read().split()]
        return {child: sorted(map(int, os.listdir(f"/proc/{child}/fd"))) for child in children if state(child) not in "ZX"}

    def run(self, page):
        with listening() as server:
            port = free_port()
            text = CONFIG.format(port=port, upstream=server.getsockname()[1])
            # One is where the daemon's end of the socket would be.
            with Daemon(page, text, user=65534, front=("sh", "-c", 'exec "$@" 3</dev/null', "sh")) as d:
                assert d.is_ready, f"{page.hit()}: {d.lines}"
                launcher = self.of(d)
                assert page.hit() or launcher, "there is no launcher"
                stream(page, port, server)
                more = {pid: fds for pid, fds in launcher.items() if fds[-1] > 3}
                d.process.send_signal(signal.SIGTERM)
                try:
                    eventually(lambda: all(state(pid) in "ZX" for pid in launcher), f"{page.hit()}: the launcher stays")
                finally:
                    for pid in launcher:  # it takes no other signal, and has the pipe that is read to its end
                        if state(pid) not in "ZX":
                            os.kill(pid, signal.SIGKILL)
                code, said = d.end()
                assert code == 0, f"{page.hit()}: {code}: {said}"
                assert not more, f"{page.hit()}: the launcher has {more}"


MANY = 300  # connections: to end all at once takes more operations than a queue has places


def full_queue(page):
    """A drain that has more to put into the ring than fits, where no call submits: it ends, and says why."""
    port = free_port()
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(listening())
        text = CONFIG.format(port=port, upstream=server.getsockname()[1]).replace("hold: 60s", "drain: 100ms")
        d = stack.enter_context(Daemon(page, text, user=65534))
        assert d.is_ready, d.lines
        for _ in range(MANY):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), TIMEOUT))
            stack.enter_context(server.accept()[0])
        page.arm(CALL, 1, ALWAYS, errno.EBADF, only="io_uring_submit")
        code, said = d.end()
        assert page.hit(), "the queue was not full"
        check_end(page, code, said)
        assert code == 1, f"ended with {code}: {said}"


def finish(client):
    """Nothing more comes from it, whether it is reset already or not."""
    try:
        client.shutdown(socket.SHUT_WR)
    except OSError as e:
        assert e.errno == errno.ENOTCONN, e


def stream(page, port, server):
    """One stream through the daemon: masked in whole, or cut by a reset."""
    got, clean = b"", False
    with contextlib.suppress(ConnectionError), socket.create_connection(("127.0.0.1", port), TIMEOUT) as client:
        client.sendall(RAW)
        finish(client)
        came = select.select([server, client], [], [], TIMEOUT)[0]
        assert came, f"{page.hit()}: neither taken on nor reset"
        if server in came:
            with server.accept()[0] as peer:
                peer.settimeout(TIMEOUT)
                while piece := peer.recv(65536):
                    got += piece
                clean = True
        assert MASKED.startswith(got), f"{page.hit()}: the server has {got!r}"
        assert not clean or got == MASKED, f"{page.hit()}: a clean end after {got!r}"
