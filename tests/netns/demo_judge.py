# SPDX-License-Identifier: BSD-2-Clause
"""Compares messages as sent with messages as received, byte by byte, against the truth.

The generator says where each value lies and where each field does; `scrim rules --json` says
which fields are masked whole. Nothing is searched for: every statement is about positions.

    raw         a planted value that a rule or a field covers, and of which a letter or a digit
                arrived as it was sent (those apart that already are what fill writes)
    elsewhere   bytes that changed, although no value was planted there and no field of the
                table is there
    structure   messages in which a separator, an escape, a segment's name, the length or MSH
                is not what it was
    uncovered   names and cities in free text without a label, which no rule finds yet
"""
import collections
import json
import re
import subprocess

FILL = bytes(0x31 if 0x30 <= c <= 0x39 else 0x58 if 0x41 <= c <= 0x5a else
             0x78 if 0x61 <= c <= 0x7a or c > 0x7f else c for c in range(256))
TEXT = ("NTE-3", "OBX-5")
# In free text the generator's kinds have the names of rules.
COUNTS = ("planted", "raw", "part", "elsewhere", "structure", "uncovered", "uncovered_raw")


def field_table(scrim):
    """{"PID-3": {1: rule}, "PID-5": {0: rule}}: component, or 0 for the whole field."""
    table = collections.defaultdict(dict)
    for rule in json.loads(subprocess.check_output([scrim, "rules", "--json"])):
        for field in rule["fields"] if rule["group"] == "builtin" else ():
            where, _, component = field.partition(".")
            table[where][int(component or 0)] = rule["name"]
    return table


def pieces(message, field, components):
    """(from, to, rule) of what the table names in a field."""
    at, end = field["at"], field["at"] + field["len"]
    if 0 in components:
        yield at, end, components[0]
        return
    for repetition in message[at:end].split(message[5:6]):
        from_ = at
        for n, component in enumerate(repetition.split(message[4:5]), 1):
            if n in components:
                yield from_, from_ + len(component), components[n]
            from_ += len(component) + 1
        at += len(repetition) + 1


def without_escapes(value, escape):
    """The parts of a value that are not escape sequences, as (from, to)."""
    at, inside = 0, False
    for part in value.split(escape):
        if not inside:
            yield at, at + len(part)
        at += len(part) + 1
        inside = not inside


def remains(sent, received, escape):
    """(letters and digits that should have changed, those of them that did not)"""
    should = kept = 0
    for from_, to in without_escapes(sent, escape):
        for a, b in zip(sent[from_:to], received[from_:to]):
            if FILL[a] != a:
                should += 1
                kept += a == b
    return should, kept


def skeleton(message):
    """Separators and escapes where they are, everything else as dots; segments' names stay."""
    keep = set(message[3:8]) | {0x0d}
    table = bytes(c if c in keep else 0x2e for c in range(256))
    names = [segment[:3] for segment in message.split(b"\r")]
    return names, message.translate(table)


def same_structure(sent, received):
    return (len(sent) == len(received) and skeleton(sent) == skeleton(received) and
            sent.split(b"\r", 1)[0] == received.split(b"\r", 1)[0])


class Judge:
    def __init__(self, table):
        self.table = table
        self.count = dict.fromkeys(COUNTS, 0)
        self.expected = collections.Counter()  # matches by rule
        self.first = ""

    def fault(self, truth, text):
        """Remembers the first; where, never what."""
        self.first = self.first or f"message {truth['id']}, {text}"

    def message(self, truth, sent, received):
        if not same_structure(sent, received):
            self.count["structure"] += 1
            self.fault(truth, "its structure changed")
        allowed_sent, allowed_received = bytearray(sent), bytearray(received)
        for value in truth["values"]:
            self.value(truth, value, sent, received)
            blank(allowed_sent, allowed_received, value["at"], value["at"] + value["len"])
        for field in truth["fields"]:
            for from_, to, rule in pieces(sent, field, self.table.get(field["where"], {})):
                self.expected[rule] += bool(re.search(rb"[0-9A-Za-z\x80-\xff]", sent[from_:to]))
                blank(allowed_sent, allowed_received, from_, to)
        if allowed_sent != allowed_received:
            changed = [i for i, (a, b) in enumerate(zip(allowed_sent, allowed_received)) if a != b]
            self.count["elsewhere"] += len(changed) + abs(len(sent) - len(received))
            self.fault(truth, f"byte {changed[0] if changed else len(sent)} changed")

    def value(self, truth, value, sent, received):
        at, end = value["at"], value["at"] + value["len"]
        should, kept = remains(sent[at:end], received[at:end], sent[6:7])
        if not value["covered"]:
            self.count["uncovered"] += 1
            self.count["uncovered_raw"] += kept > 0
            return
        self.count["planted"] += 1
        if value["where"] in TEXT:
            self.expected[value["kind"]] += 1
        if kept:
            self.count["raw"] += 1
            self.count["part"] += kept < should
            self.fault(truth, f"{value['kind']} in {value['where']} at byte {at}, "
                              f"{kept} of {should} letters and digits arrived")


def blank(a, b, from_, to):
    for text in (a, b):
        text[from_:to] = bytes(min(to, len(text)) - min(from_, len(text)))
