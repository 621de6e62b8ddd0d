# SPDX-License-Identifier: BSD-2-Clause
"""One call after another of a subject fails: in lanes side by side, each until a run of it is clean.

    tally = Tally(title, kind, step, lanes)     what a subject's runs of one kind come to
    for lane in lanes(step, errors): pool.submit(sweep, tally, lane, once)

once(number, error) makes one run, and returns whether something failed in it.
"""
import contextlib
import os
import sys
import threading
import traceback

from inject import KINDS, error_number

MOST_WRONG = 10  # reasons that are printed; then it is enough


class Tally:
    """Runs and what was wrong, of all lanes of one subject and kind."""
    lock = threading.Lock()
    all = []  # those that are over
    runs_of_all = 0

    def __init__(self, title, kind, step, lanes=1):
        self.title, self.kind, self.lanes = title, kind, lanes
        self.name = f"{title}: {'each' if step == 1 else f'one in {step}'} {KINDS[kind]} fails" if kind else title
        self.runs, self.wrong = 0, []

    @contextlib.contextmanager
    def reported(self, page=None):
        """An exception goes to the list."""
        try:
            yield
        except Exception:
            self.wrong.append(f"{page.hit() if page else ''}\n{traceback.format_exc()}")
            if page:
                page.disarm()

    def enough(self):
        return len(self.wrong) >= MOST_WRONG

    def ran(self, what=""):
        with Tally.lock:
            self.runs += 1
            Tally.runs_of_all += 1
            if sys.stdout.isatty():
                print(f"\r\x1b[K{Tally.runs_of_all} runs; {self.name} {what}"[:110], end="", flush=True)

    def ended(self):
        """A lane has ended; the last one says how it was."""
        with Tally.lock:
            self.lanes -= 1
            if self.lanes:
                return
            Tally.all.append(self)
            said = [f"ok   {self.name}, {self.runs} runs"]
            if self.failed():
                said = [f"FAIL {self.name}, {len(self.wrong)} wrong of {self.runs} runs", *self.wrong]
            print("\r\x1b[K" * sys.stdout.isatty() + "\n".join(said), flush=True)

    def failed(self):
        return bool(self.wrong) or not self.runs


def lanes(step, errors, n=os.cpu_count()):
    """
    (error, first, step). Where each one fails, n lanes for each error; else one, and each error
    has others of them.
    """
    if step == 1:
        return [(e, 1 + lane, n) for e in errors for lane in range(n)]
    return [(e, 1 + i * step // len(errors), step) for i, e in enumerate(errors)]


def sweep(tally, lane, once, page=None):
    """A lane to its end. page: to be disarmed after what went wrong."""
    error, number, step = lane
    hit = True
    while hit and not tally.enough():
        with tally.reported(page):
            hit = once(number, error_number(error))
        if hit:
            tally.ran(f"{error} {number}")
        number += step
    tally.ended()


def table():
    """The sums by subject and kind: runs, and how many were wrong."""
    rows = {}
    for tally in Tally.all:
        rows.setdefault(tally.title, {})[tally.kind] = tally
    width = max(map(len, rows), default=0)
    lines = [" " * width + "".join(f"{name + 's':>20}" for name in KINDS.values())]
    for title, row in rows.items():
        if any(row):
            cells = (f"{row[k].runs}, {len(row[k].wrong)} wrong" if k in row else "" for k in KINDS)
            lines.append(f"{title:{width}}" + "".join(f"{cell:>20}" for cell in cells))
    return "\n".join(lines)
