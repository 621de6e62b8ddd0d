# SPDX-License-Identifier: BSD-2-Clause
"""Makes the Nth allocation, system call or completion of a program fail (inject.h, inject.so).

    page = Page()
    page.arm(CALL, 17)                       the 17th from now on
    p = subprocess.Popen(..., env=page.environment())
    hit = page.hit()                         what failed, or None: there are fewer than 17
"""
import errno
import functools
import mmap
import os
import shutil
import struct
import tempfile
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.realpath(os.environ.get("SCRIM_BUILD") or
                         os.path.join(HERE, "../../build"))
SAN = f"{BUILD}/san"  # the programs under test: their memory is watched
LIBRARY = f"{BUILD}/tests/inject.so"
LEAKS = f"{HERE}/leaks"

NOTHING, ALLOC, CALL, OP = range(4)
KINDS = {ALLOC: "allocation", CALL: "call", OP: "completion"}
ALWAYS = 1 << 62
SHORT = 4096  # in an errno's place: what moves bytes does with half of them

ARM = struct.Struct("=IiQQ")  # struct inject_page, its first part
SEEN = struct.Struct("=4Q")
HIT = struct.Struct("=Qi2ii32s96s")
ONLY = ARM.size + SEEN.size + HIT.size  # where its last part is

# A report of a sanitizer ends the program with a code that it does not have itself.
REPORTED = 99
SANITIZERS = {"ASAN_OPTIONS": f"verify_asan_link_order=0:detect_leaks=1:exitcode={REPORTED}",
              "UBSAN_OPTIONS": f"print_stacktrace=1:exitcode={REPORTED}"}


@functools.cache
def within_reach():
    """A directory with copies, for a user who may not enter one above the build, as /root."""
    place = tempfile.TemporaryDirectory()
    os.chmod(place.name, 0o755)
    for path in (f"{SAN}/scrimd", LIBRARY, LEAKS):
        shutil.copy(path, place.name)
    return place


def error_number(name):
    return SHORT if name == "SHORT" else getattr(errno, name, 0)


def error_name(error):
    return "short" if error == SHORT else errno.errorcode.get(error, error)


@dataclass
class Hit:
    kind: int
    number: int
    times: int
    name: str
    where: str
    error: int

    def __str__(self):
        after = {1: "", ALWAYS: " and all after it"}.get(self.times, f" and {self.times - 1} after it")
        return f"{KINDS[self.kind]} {self.number}{after}: {self.name} from {self.where}: {error_name(self.error)}"


class Page:
    def __init__(self):
        self.file = tempfile.NamedTemporaryFile(prefix="scrim-inject-")
        self.file.truncate(mmap.PAGESIZE)
        os.chmod(self.file.name, 0o666)  # of a program that runs as somebody else, too
        self.map = mmap.mmap(self.file.fileno(), mmap.PAGESIZE)
        self.armed, self.how = (NOTHING, 0, 0), (0, "", False, False)

    def arm(self, kind, at, times=1, error=0, only="", ways=False, kills=False):
        """
        Of this kind the at-th from now on fails, and times - 1 after it, with errno error (0: the usual).
        only: of the calls of these names (`read,splice`). ways: of those that come by the same way the first in each process.
        kills: it does not fail, it is the last thing that the program comes to.
        """
        self.disarm()
        SEEN.pack_into(self.map, ARM.size, 0, 0, 0, 0)
        begin = HIT.unpack_from(self.map, ARM.size + SEEN.size)[2]
        HIT.pack_into(self.map, ARM.size + SEEN.size, 0, 0, begin, 0, 0, b"", b"")
        struct.pack_into("=64sII", self.map, ONLY, only.encode(), ways, kills)
        self.armed, self.how = (kind, at, times), (error, only, ways, kills)
        ARM.pack_into(self.map, 0, NOTHING, error, at, times)
        struct.pack_into("=I", self.map, 0, kind)

    def rearm(self):
        """For what goes in front of a fault: disarmed now; what is returned arms it as it was."""
        kind, at, times = self.armed
        how = self.how
        self.disarm()
        return lambda: self.arm(kind, at, times, *how)

    def disarm(self):
        struct.pack_into("=I", self.map, 0, NOTHING)

    def look_at(self, only):
        """Of what is seen from now on; what was hit stays to be read, and nothing more is."""
        self.disarm()
        struct.pack_into("=64s", self.map, ONLY, only.encode())

    def seen(self, kind):
        return SEEN.unpack_from(self.map, ARM.size)[kind]

    def hit(self):
        failed, gave, _, _, _, name, where = HIT.unpack_from(self.map, ARM.size + SEEN.size)
        text = lambda b: b.split(b"\0")[0].decode()
        return Hit(*self.armed, text(name), text(where), gave) if failed else None

    def descriptors(self):
        """Open at the program's begin and at its orderly end; None where it had no such end."""
        _, _, begin, end, ended, _, _ = HIT.unpack_from(self.map, ARM.size + SEEN.size)
        return (begin, end) if ended else None

    def command(self):
        """In front of a program that has no sanitizers."""
        return "env", f"LD_PRELOAD={LIBRARY}", f"SCRIM_INJECT={self.file.name}"

    def environment(self, place=None):
        """Of a program under test; place: where copies are."""
        library, leaks = (f"{place}/{os.path.basename(f)}" if place else f for f in (LIBRARY, LEAKS))
        return {**os.environ, **SANITIZERS, "LSAN_OPTIONS": f"suppressions={leaks}:print_suppressions=0",
                "LD_PRELOAD": library, "SCRIM_INJECT": self.file.name}

    def close(self):
        self.map.close()
        self.file.close()
