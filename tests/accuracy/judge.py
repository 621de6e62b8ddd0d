# SPDX-License-Identifier: BSD-2-Clause
"""Labelled texts against what the built-in rules mask in them, place by place.

    recall        of the values of a type, those of which all letters and digits are masked
    over-masking  of the letters and digits outside of every label, those that are masked

Places are bytes of all texts written one after the other, each on lines of its own.
"""
import collections
import pathlib
import subprocess

Span = collections.namedtuple("Span", "kind start end")  # code points of its text


def spans(program, data, rules=()):
    """[(rule, from, to)]: where these rules, or without any all of the default policy, mask."""
    done = subprocess.run([program, *rules], input=data, capture_output=True, timeout=120, check=True)
    return [(rule, int(start), int(end)) for rule, start, end in
            (line.split() for line in done.stdout.decode().splitlines())]


def counts(data):
    """By byte: whether it is of a letter or a digit. A character over 0x7f counts whole."""
    return bytes(c > 0x7f or chr(c).isalnum() for c in data)


class Corpus:
    def __init__(self, name, texts):
        """texts: (text, [Span])"""
        self.name, self.labels, data = name, [], bytearray()
        for text, labels in texts:
            at = [len(data)]
            for c in text:
                at.append(at[-1] + len(c.encode()))
            self.labels += [(kind, at[start], at[end]) for kind, start, end in labels]
            data += text.encode() + b"\n"
        self.data, self.counts = bytes(data), counts(data)
        self.outside = bytearray(self.counts)
        for _, start, end in self.labels:
            self.outside[start:end] = bytes(end - start)

    def mask(self, program, rules=()):
        """By byte: whether it is masked."""
        masked = bytearray(len(self.data))
        for _, start, end in spans(program, self.data, rules):
            masked[start:end] = b"\1" * (end - start)
        return masked

    def recall(self, masked, kind):
        """(values found whole, values, the others)"""
        missed, n = [], 0
        for label, start, end in self.labels:
            if label != kind:
                continue
            n += 1
            if any(c and not m for c, m in zip(self.counts[start:end], masked[start:end])):
                missed.append((start, end))
        return n - len(missed), n, missed

    def over(self, masked):
        """The share of what lies outside of all labels that is masked."""
        return sum(o and m for o, m in zip(self.outside, masked)) / max(1, sum(self.outside))

    def over_by_rule(self, program):
        """{rule: letters and digits outside of all labels that it masks, where all rules are on}"""
        by = collections.Counter()
        for rule, start, end in spans(program, self.data):
            by[rule] += sum(self.outside[start:end])
        return +by

    def filled(self, masked):
        """What `scrim filter` must make of it."""
        out = bytearray(self.data)
        for i, m in enumerate(masked):
            c = out[i]
            if m and 0x30 <= c <= 0x39:
                out[i] = 0x31
            elif m and 0x41 <= c <= 0x5a:
                out[i] = 0x58
            elif m and (0x61 <= c <= 0x7a or c > 0x7f):
                out[i] = 0x78
        return bytes(out)


def here(name):
    return pathlib.Path(__file__).resolve().parent / name
