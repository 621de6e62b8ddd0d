# SPDX-License-Identifier: BSD-2-Clause
"""What the demo prints: steps, statements that hold or not, messages, counters.

With `tests` the statements alone, as lines "ok   ..." and "FAIL ...", for a runner of tests.
"""
import re
import shutil
import sys
import textwrap

TTY = sys.stdout.isatty()
BOLD, DIM, GREEN, RED, MARK, PLAIN = (
    ("\033[1m", "\033[2m", "\033[32m", "\033[31m", "\033[33m", "\033[0m") if TTY else ("",) * 6)
WIDTH = max(80, min(shutil.get_terminal_size((100, 24)).columns, 160))


class Show:
    def __init__(self, tests):
        self.tests, self.steps, self.held, self.rows = tests, 0, [], []

    def line(self, text=""):
        if not self.tests:
            print(text, flush=True)

    def step(self, text):
        self.steps += 1
        self.line(f"\n{BOLD}{self.steps}. {text}{PLAIN}")

    def said(self, text):
        """What a step did, below it."""
        for line in text.splitlines():
            self.line(f"   {line}")

    def progress(self, text):
        """Replaced by the next one, and only where somebody watches."""
        if TTY and not self.tests:
            print(f"\r   {text}\033[K", end="" if text else "\r", flush=True)

    def check(self, what, holds, found="", why=""):
        """A statement of the demo. `found` is the figure beside it; `why` is told if it fails."""
        holds, found = bool(holds), str(found)
        self.held.append(holds)
        self.rows.append((what, found, holds))
        if self.tests:
            print(f"{'ok  ' if holds else 'FAIL'} {what}{f' ({found})' if found else ''}")
        if not holds:
            self.said(f"{RED}does not hold: {what}: {why or found}{PLAIN}")
            if self.tests and why:
                print(f"     {why}")
        return holds

    def note(self, what, found):
        """A figure that is no statement."""
        self.rows.append((what, str(found), None))

    def table(self):
        wide = max(len(what) for what, _, _ in self.rows)
        number = max(len(found) for _, found, _ in self.rows)
        self.line(f"\n{BOLD}Result{PLAIN}")
        for what, found, holds in self.rows:
            mark = {True: f"{GREEN}ok{PLAIN}", False: f"{RED}FAILED{PLAIN}", None: ""}[holds]
            self.line(f"   {what:<{wide}}  {found:>{number}}  {mark}".rstrip())

    def message(self, sent, received):
        """A message as sent and as received, a segment after the other, one above the other."""
        for a, b in zip(sent.decode().split("\r"), received.decode().split("\r")):
            if a == b:
                self.wrapped((("both    ", a, DIM),))
            else:
                self.wrapped((("sent    ", a, ""), ("received", mark(a, b), "")))

    def wrapped(self, lines):
        room = WIDTH - 14
        texts = [text if isinstance(text, list) else list(text) for _, text, _ in lines]
        for at in range(0, len(texts[0]), room):
            for (name, _, style), text in zip(lines, texts):
                part = "".join(text[at:at + room])
                self.line(f"   {DIM}{name if not at else ' ' * 8}{PLAIN}  {style}{part}{PLAIN}")

    def rules(self, rows):
        self.said(f"{'rule':<20} {'role':<12} {'matches':>9} {'masked_bytes':>13} {'rejected':>9}")
        for row in rows:
            self.said(f"{row['rule']:<20} {row['role']:<12} {row['matches']:>9,} "
                      f"{row['masked_bytes']:>13,} {row['rejected']:>9,}")

    def metrics(self, text):
        lines = text.splitlines()
        shown = [line for line in lines if re.match(r"scrim_(rule_matches|flow)_total\{", line)
                 and not line.endswith(" 0")]
        self.said("\n".join(shown[:6] + ["..."] + [s for s in shown if "flow" in s]))
        self.said(f"{DIM}{len(lines)} lines in all, the last is {lines[-1]}{PLAIN}")

    def end(self, seconds):
        failed = self.held.count(False)
        if self.tests:
            print(f"{self.held.count(True)} passed, {failed} failed, 0 skipped")
            return 1 if failed else 0
        self.table()
        if failed:
            which = "; ".join(what for what, _, holds in self.rows if holds is False)
            self.line(f"\n{RED}demo: {failed} of {len(self.held)} statements did not hold:{PLAIN} "
                      + textwrap.shorten(which, 400))
        else:
            self.line(f"\n{GREEN}demo: all of this held{PLAIN} ({len(self.held)} statements, "
                      f"{seconds:.0f} s)")
        return 1 if failed else 0


def mark(sent, received):
    """The received text, each changed character marked."""
    return [f"{MARK}{b}{PLAIN}" if a != b and TTY else b for a, b in zip(sent, received)]
