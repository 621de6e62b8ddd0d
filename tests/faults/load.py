# SPDX-License-Identifier: BSD-2-Clause
"""A daemon under a small load, in which one call after another fails.

A round is a few streams of different kinds, one after another. Every byte of them is foreseen:

    client ──raw──▶ scrimd ──masked──▶ server        whatever fails, both ends have a beginning of
           ◀─answer─        ◀─answer──               what is foreseen, and a clean end only behind all

After a round the daemon has let go of all of it; a round in which nothing fails is whole; and a
stream that was not whole is counted by its reason.
"""
import contextlib
import errno
import json
import os
import select
import signal
import socket
import struct
import subprocess
import threading
import time

from inject import ALLOC, BUILD, CALL, NOTHING, Page
from programs import TIMEOUT, Daemon, check_end, eventually, foreign, free_port, listening, names, state

CONFIG = """version: 1
workers: 1
limits: {{hold: {hold}, connect: 5s, buffer: {buffer}, buffers: 1, buffers_max: 2, connection_memory: {memory}}}
listeners:
  - {{name: text, mode: proxy, listen: 127.0.0.1, port: {text}, upstream: "127.0.0.1:{upstream}", format: text,
     mask: both, policy: few}}
  - {{name: hl7, mode: proxy, listen: 127.0.0.1, port: {hl7}, upstream: "127.0.0.1:{upstream}", format: hl7,
     mask: both, policy: few}}
  - {{name: told, mode: proxy, listen: 127.0.0.1, port: {told}, upstream: "127.0.0.1:{upstream}", format: text,
     mask: to-server, policy: few, send_proxy: v2}}
  - {{name: past, mode: proxy, listen: 127.0.0.1, port: {past}, upstream: "127.0.0.1:{upstream}", format: text,
     mask: to-server, policy: few}}
policies:
  few: {{rules: [own, ssn]}}
rules:
  - {{name: own, class: other-id, pattern: 'HX-[0-9]{{8}}'}}
"""

# (as sent, as it arrives)
SMALL = (b"SSN 123-45-6789\n", b"SSN 111-11-1111\n")
ANSWER = (b"well, HX-12345678 it is\n", b"well, XX-11111111 it is\n")
HL7 = tuple(b"\x0bMSH|^~\\&|A|B|C|D|20200501||ORU^R01|1|P|2.5\rOBX|1|TX|||" + v + b"||||||F\r\x1c\r"
            for v in (b"SSN 123-45-6789", b"SSN 111-11-1111"))
# HUGE: more than a MiB, behind which a send without a copy is tried once.
LARGE, HUGE = (tuple(b"".join(line * 3 + b"nothing to see %d\n" % n for n in range(lines)) for line in SMALL)
               for lines in (4000, 16000))
PAST = HUGE[:1] * 2  # what no rule applies to: in such a quantity it is spliced
STOPS, PIECE = 5, 1 << 15  # it is stopped so often; what is written at once then
PROXY = 28  # bytes in front of a stream that tells the client's address
FINE = ("accepted", "relayed")
SPLICING = ("splice", "pipe2", "fcntl", "read")  # what a worker comes to that splices
TRIED_AGAIN = (errno.EINTR, errno.EAGAIN, errno.EBUSY)  # of the ring's own calls


# What the idle timer releases of a value that has only begun, a reset does too: so many letters and digits.
BEGUN = 3


def foreseen(got, pair):
    """A beginning of what is to arrive; at its end, a value's first bytes may be as they were sent."""
    sent, want = pair
    if want.startswith(got):
        return True
    same = next((i for i, (a, b) in enumerate(zip(got, want)) if a != b), len(got))
    begun = got[same:]
    return (len(got) <= len(want) and begun == sent[same:len(got)] and
            sum(chr(c).isalnum() for c in begun) <= BEGUN)


class End(threading.Thread):
    """Reads a socket to its end: what came, and whether the end was clean."""

    def __init__(self, s, stalls=False):
        super().__init__(daemon=True)
        self.reads, self.said = threading.Event(), 0
        if not stalls:
            self.reads.set()
        self.socket, self.data, self.clean, self.over, self.failed = s, bytearray(), False, False, None
        self.changed = threading.Condition()
        self.broken = False  # a sender was told of the reset: whoever reads sees an end
        s.settimeout(TIMEOUT)
        self.start()

    def send(self, data, cut=None, more=False):
        """All of it, in pieces, and then the end, if no more follows; or up to a reset."""
        try:
            for at in range(0, len(data), cut or len(data)):
                self.socket.sendall(data[at:at + (cut or len(data))])
                self.said += 1
            if not more:
                self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.broken = True

    def run(self):
        clean = False
        self.reads.wait(TIMEOUT)
        try:
            while piece := self.socket.recv(1 << 16):
                with self.changed:
                    self.data += piece
                    self.changed.notify_all()
            clean = True
        except ConnectionError:
            pass
        except OSError as error:
            self.failed = error
        with self.changed:
            self.clean, self.over = clean, True
            self.changed.notify_all()

    def stuck(self):
        """Waits until no more pieces go out, or all have."""
        said = -1
        while self.said > said:
            said = self.said
            time.sleep(0.005)

    def has(self, n):
        """Waits until so much has come, or the end."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.data) >= n or self.over, TIMEOUT), f"hangs at {self.data[:99]}"

    def ended(self):
        self.join(TIMEOUT * 2)
        assert self.over and not self.failed, f"hangs: {self.failed}"
        self.clean &= not self.broken


def breaks_ring(hit):
    return hit and hit.name.startswith("io_uring_submit") and hit.error not in TRIED_AGAIN


def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


class Stream:
    """Both ends of one stream. server is None where the daemon reset it before it went on."""

    def __init__(self, load, port, sent, answer, stalls=False):
        self.sent, self.answer = sent, answer
        load.forget()
        self.stack = contextlib.ExitStack()
        self.client = self.server = self.at_client = self.at_server = None
        with contextlib.suppress(ConnectionError):
            self.client = self.stack.enter_context(socket.create_connection(("127.0.0.1", port), TIMEOUT))
            self.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            came = select.select([load.server, self.client], [], [], TIMEOUT)[0]
            assert came, "neither taken on nor reset"
            self.at_client = End(self.client, stalls)
            if load.server in came:
                self.server = self.stack.enter_context(load.server.accept()[0])
                self.at_server = End(self.server)

    def judge(self, whole):
        if self.at_client:
            self.at_client.reads.set()
        for end, pair in ((self.at_server, self.sent), (self.at_client, self.answer)):
            want = pair[1]
            if not end:
                assert not whole, "not taken on"
                continue
            end.ended()
            got = bytes(end.data)
            assert foreseen(got, pair), f"arrived: {got[-200:]!r} of {want[:len(got)][-200:]!r}"
            assert not end.clean or got == want, f"a clean end after {len(got)} of {len(want)} bytes"
            assert not whole or (end.clean and got == want), f"cut after {len(got)} of {len(want)} bytes"
        return bool(self.at_client and self.at_server and self.at_client.clean and self.at_server.clean)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()


def in_turn(load, port, sent=SMALL, answer=ANSWER, cut=7, skip=0, server_first=False):
    """One side says all and ends; then the other one does. skip: bytes that the server gets in front."""
    def run(whole):
        with Stream(load, port, sent, answer) as s:
            if s.server:
                sides = (s.at_client, sent), (s.at_server, answer)
                (first, said), (second, says) = reversed(sides) if server_first else sides
                first.send(said[0], cut)
                second.ended()
                del s.at_server.data[:skip]
                second.send(says[0], cut)
            return s.judge(whole)
    return run


def both_at_once(load, port, large=LARGE):
    """Much in both directions at once."""
    def run(whole):
        with Stream(load, port, large, large) as s:
            if s.server:
                other = threading.Thread(target=s.at_server.send, args=large[:1], daemon=True)
                other.start()
                s.at_client.send(large[0])
                other.join(TIMEOUT)
            return s.judge(whole)
    return run


def stops(load, port):
    """Much in both directions; the daemon is stopped while it comes, finds much at once, and splices that."""
    def run(whole):
        with Stream(load, port, LARGE, PAST) as s:
            if s.server:
                other = threading.Thread(target=s.at_client.send, args=LARGE[:1], daemon=True)
                other.start()
                begun = len(PAST[0]) // STOPS
                s.at_server.send(PAST[0][:begun], more=True)
                for at in range(begun, len(PAST[0]), begun):
                    s.at_client.has(at)
                    with load.stopped():
                        sender = threading.Thread(target=s.at_server.send, daemon=True,
                                                  args=(PAST[0][at:at + begun], PIECE, at + begun < len(PAST[0])))
                        sender.start()
                        s.at_server.stuck()
                    sender.join(TIMEOUT)
                other.join(TIMEOUT)
            return s.judge(whole)
    return run


def stalls(load, port):
    """Much in both directions; the client reads only when no more goes in."""
    def run(whole):
        with Stream(load, port, LARGE, PAST, stalls=True) as s:
            if s.server:
                other = threading.Thread(target=s.at_server.send, args=(PAST[0], PIECE), daemon=True)
                other.start()
                s.at_client.send(LARGE[0])
                s.at_server.stuck()
                s.at_client.reads.set()
                other.join(TIMEOUT)
            return s.judge(whole)
    return run


def pauses(load, port):
    """The client pauses in the middle of a value for longer than `hold`."""
    def run(whole):
        with Stream(load, port, SMALL, ANSWER) as s:
            if s.server:
                with contextlib.suppress(OSError):
                    s.client.sendall(SMALL[0][:10])
                s.at_server.has(10)
                s.at_client.send(SMALL[0][10:])
                s.at_server.ended()
                s.at_server.send(ANSWER[0])
            return s.judge(whole)
    return run


def client_resets(load, port):
    """The client resets in the middle of a value: so sees the server, and not all of it."""
    def run(whole):
        with Stream(load, port, SMALL, (b"", b"")) as s:
            if not s.server:
                assert not whole, "not taken on"
                return False
            with contextlib.suppress(OSError):
                s.client.sendall(SMALL[0][:10])
                s.at_server.has(4)
                s.client.shutdown(socket.SHUT_RD)  # its reader lets go of it
            s.at_client.ended()
            reset(s.client)
            s.at_server.ended()
            assert not s.at_server.clean, "a clean end at the server"
            assert foreseen(bytes(s.at_server.data), SMALL), s.at_server.data
            return False
    return run


def all_kinds(load, text, hl7, told, _):
    return [in_turn(load, text), in_turn(load, hl7, HL7, HL7), in_turn(load, text, cut=5, server_first=True),
            in_turn(load, told, SMALL, ANSWER[:1] * 2, skip=PROXY), client_resets(load, text), both_at_once(load, text)]


def pausing(load, text, *_):
    return [pauses(load, text)] * 2


def huge(load, text, *_):
    return [both_at_once(load, text, HUGE)]


def passing(load, _text, _hl7, _told, past):
    """To the server it is masked; what comes back is spliced."""
    return [stops(load, past), stalls(load, past)]


class Load:
    """The daemon, its server, and rounds of streams."""

    def __init__(self, instance, streams=all_kinds, hold="60s", buffer="32KiB", memory="16MiB"):
        """hold: with a long one no pause lets a part of a value go."""
        self.passes = streams is passing
        self.instance, self.page = instance, Page()
        self.stack = contextlib.ExitStack()
        self.stack.callback(self.page.close)
        self.server = self.stack.enter_context(listening())
        self.ports = {name: free_port() for name in ("text", "hl7", "told", "past")}
        self.text = CONFIG.format(hold=hold, buffer=buffer, memory=memory, upstream=self.server.getsockname()[1],
                                  **self.ports)
        self.streams = streams(self, *self.ports.values())
        self.daemon = self.version = None
        try:
            self.start()
        except BaseException:
            self.stack.close()
            raise

    def start(self):
        self.page.arm(NOTHING, 0)
        self.daemon = self.stack.enter_context(Daemon(self.page, self.text, "--instance", self.instance))
        assert self.daemon.is_ready, self.daemon.lines
        self.version = 1
        self.round()
        assert not self.passes or self.splices(), "what no rule applies to is not spliced"
        self.open = self.descriptors()

    @contextlib.contextmanager
    def stopped(self):
        """The daemon runs no further meanwhile."""
        pid = self.daemon.process.pid
        self.daemon.process.send_signal(signal.SIGSTOP)
        try:
            eventually(lambda: state(pid) in "TZX", "it does not stop")
            yield
        finally:
            self.daemon.process.send_signal(signal.SIGCONT)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.daemon.process.pid}/fd"))

    def forget(self):
        """Connections that an earlier stream was made and nobody took."""
        while select.select([self.server], [], [], 0)[0]:
            self.server.accept()[0].close()

    def refusals(self):
        """How many the daemon has counted, of all reasons."""
        out = subprocess.run([f"{BUILD}/scrim", "status", "--json", "--instance", self.instance],
                             capture_output=True, check=True, timeout=TIMEOUT).stdout
        return sum(n for name, n in json.loads(out)["flow"].items() if name not in FINE)

    def round(self):
        for stream in self.streams:
            stream(True)

    def splices(self):
        """Whether a round of its own is spliced: by a chance a single one need not be."""
        for _ in range(3):
            self.page.look_at("splice")
            before = self.page.seen(CALL)
            self.round()
            if self.page.seen(CALL) > before:
                return True
        return False

    def kept(self):
        """Waits until the daemon has let go of every connection."""
        end = time.monotonic() + TIMEOUT
        while self.descriptors() > self.open:
            assert time.monotonic() < end, f"{self.descriptors() - self.open} descriptors stay open"
            time.sleep(0.002)

    def once(self, kind, number, error=0, only="", times=1):
        """A round in which one call fails, or several in a row, and one in which none does. What was hit."""
        before = self.refusals()
        self.page.arm(kind, number, times, error, only)
        cut = sum(not stream(False) for stream in self.streams)
        self.page.disarm()
        hit = self.page.hit()
        end = time.monotonic() + TIMEOUT
        while not self.daemon.has_broken() and self.refusals() - before < cut:
            assert time.monotonic() < end, f"{cut} streams did not end in order, {self.refusals() - before} are counted"
        if breaks_ring(hit):  # what it resets then is counted before it says so
            self.daemon.heard("a worker broke")
        if self.daemon.has_broken():
            self.again()
            return hit
        self.kept()
        if not self.passes:
            self.round()
        elif not self.splices():
            self.past_splicing(hit)
        return hit

    def past_splicing(self, hit):
        """It cannot splice any more, as where a kernel forbids it: it goes on by copies, to its end."""
        assert hit and hit.name in SPLICING, f"{hit}: nothing is spliced any more"
        code, said = self.daemon.end()
        check_end(self.page, code, said)
        assert code == 0, f"{hit}: ended with {code}: {said}"
        self.start()

    def again(self):
        """The ring itself has failed: then it ends, resets all, and says so."""
        code, said = self.daemon.end()
        assert code == 1, f"ended with {code}: {said}"
        check_end(self.page, code, said)
        self.start()

    def reload(self, kind, number, error=0, *_):
        """A reload in which one call fails: done, or refused and nothing is changed. What was hit."""
        self.page.arm(kind, number, 1, error)
        done = subprocess.run([f"{BUILD}/scrim", "reload", "--instance", self.instance], capture_output=True,
                              text=True, timeout=TIMEOUT)
        self.page.disarm()
        hit = self.page.hit()
        if self.given_up(hit, done):
            self.start()
            return hit
        if breaks_ring(hit):
            self.daemon.heard("a worker broke")
            self.again()
            return hit
        said = names(hit, done.stderr) or "did not answer" in done.stderr or "ask again" in done.stderr
        assert done.returncode == 0 or said, f"not said: {done.stderr}"
        self.told_version(done)
        self.kept()
        self.round()
        return hit

    def told_version(self, done):
        """One more with each reload that is done; one that is refused has changed nothing."""
        if done.returncode == 0:
            before, self.version = self.version, int(done.stdout.split()[-1])
            assert before in (None, self.version - 1), f"version {self.version} behind {before}"
        elif "did not answer" in done.stderr:
            self.version = None  # it may have been done all the same

    def given_up(self, hit, done):
        """Whether it has ended for want of memory: where libfyaml takes a null pointer, never by itself."""
        if not hit or hit.kind != ALLOC or "did not answer" not in done.stderr:
            return False
        code, said = self.daemon.wait(), "".join(self.daemon.lines)
        assert foreign(code, said), f"{self.page.hit()}: the daemon ended with {code}: {said}"
        return True

    def close(self):
        """The daemon ends; AssertionError unless it does so in order."""
        code, said = self.daemon.end()
        self.stack.close()
        subprocess.run([f"{BUILD}/scrim", "detach", "--instance", self.instance], stdout=subprocess.DEVNULL)
        assert code == 0, f"ended with {code}: {said}"
