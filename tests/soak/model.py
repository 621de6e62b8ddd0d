# SPDX-License-Identifier: BSD-2-Clause
"""Streams made from a seed, and what must arrive of them.

A stream is a list of records. A record is written from parts, each known as it is sent, as it
arrives and by which rule it counts; a part of rule `second` is masked by the second version of the
configuration alone, and every record has two of them, so that a record under two versions is seen.
"""
import random
from collections import Counter
from dataclasses import dataclass, field

FIRST, SECOND = 0, 1  # versions of the configuration
RULES = ("ssn", "email", "site", "second")

CONFIG = """version: 1
workers: 2
limits: {{hold: 60s, connect: 20s, drain: 5s}}
listeners:
  - {{name: text, mode: proxy, listen: 127.0.0.1, port: {text}, upstream: "127.0.0.1:{upstream}", format: text,
     mask: both, policy: few, roles: [{{sources: [127.0.0.3/32], policy: few, name: cut}}]}}
  - {{name: hl7, mode: proxy, listen: 127.0.0.1, port: {hl7}, upstream: "127.0.0.1:{upstream}", format: hl7,
     mask: both, policy: few, roles: [{{sources: [127.0.0.3/32], policy: few, name: cut}}]}}
  - {{name: answers, mode: proxy, listen: 127.0.0.1, port: {answers}, upstream: "127.0.0.1:{upstream}",
     format: text, mask: to-server, policy: few, roles: [{{sources: [127.0.0.3/32], policy: few, name: cut}}]}}
policies:
  few: {{rules: [ssn, email, site{second}]}}
rules:
  - {{name: site, class: other-id, pattern: 'HX-[0-9]{{8}}'}}
  - {{name: {name}, class: other-id, pattern: 'QX-[0-9]{{6}}'}}
"""
WORDS = b"lab result pending stable review noted ward normal sample please repeat quiet rounds chart".split()


def config(version, **ports):
    """Under the first the rule `second` is a policy's that no listener has."""
    text = CONFIG.format(second=", second" if version == SECOND else "", name="second", **ports)
    return text if version == SECOND else text.replace("rules:\n  - {name: site", "  other: {rules: [second]}\nrules:\n  - {name: site")


def fill(value):
    """Same length, a letter for a letter and a digit for a digit."""
    return bytes(0x31 if 0x30 <= c <= 0x39 else 0x58 if 0x41 <= c <= 0x5a else 0x78 if 0x61 <= c <= 0x7a else c
                 for c in value)


def value(r, rule):
    if rule == "ssn":
        return b"%03d-%02d-%04d" % (r.choice((r.randint(1, 665), r.randint(667, 899))), r.randint(1, 99),
                                    r.randint(1, 9999))
    if rule == "email":
        return b"%s%d@example.org" % (r.choice(WORDS), r.randint(0, 999))
    return b"HX-%08d" % r.randint(0, 99999999) if rule == "site" else b"QX-%06d" % r.randint(0, 999999)


@dataclass
class Record:
    sent: bytes
    arrives: tuple  # by version
    counts: tuple   # by version: matches by rule
    bytes: tuple    # by version: masked letters and digits by rule


def written(parts):
    """(bytes, rule or None) pairs as a record."""
    versions, counts, masked = [], [], []
    for version in (FIRST, SECOND):
        on = lambda rule: rule and (rule != "second" or version == SECOND)
        versions.append(b"".join(fill(p) if on(rule) else p for p, rule in parts))
        counts.append(Counter(rule for _, rule in parts if on(rule)))
        sizes = Counter()
        for p, rule in parts:
            if on(rule):
                sizes[rule] += sum(chr(c).isalnum() for c in p)
        masked.append(sizes)
    return Record(b"".join(p for p, _ in parts), tuple(versions), tuple(counts), tuple(masked))


def text_parts(r):
    parts = []
    rules = [r.choice(("ssn", "email", "site", None)) for _ in range(r.randint(0, 3))] + ["second"] * 2
    r.shuffle(rules)
    for rule in rules:
        parts += [(b" ".join(r.choice(WORDS) for _ in range(r.randint(1, 6))) + b" ", None)]
        if rule:
            parts += [(value(r, rule), rule), (b" ", None)]
    return parts


def text_record(r, number):
    return written([*text_parts(r), (b"\n", None)])


def unmasked(record):
    """It arrives as it was sent, whatever is in it."""
    return Record(record.sent, (record.sent,) * 2, (Counter(),) * 2, (Counter(),) * 2)


def answer_record(r, number):
    """Now and then so much that it is passed on without a copy."""
    record = text_record(r, number)
    times = r.choice((1, 1, 1, 3000))
    return unmasked(Record(record.sent * times, (), (), ()))


def text_first(number):
    return written([(b"stream %09d\n" % number, None)])


def hl7_head(number):
    return (b"\x0bMSH|^~\\&|A|B|C|D|20200501||ORU^R01|%09d|P|2.5\r" % number, None)


def hl7_record(r, number):
    parts = [hl7_head(number)]
    for i in range(r.randint(1, 3)):
        parts += [(b"OBX|%d|TX|||" % (i + 1), None), *text_parts(r), (b"||||||F\r", None)]
    return written([*parts, (b"\x1c\r", None)])


def hl7_first(number):
    return written([hl7_head(number), (b"\x1c\r", None)])


FORMATS = {"text": (text_first, text_record), "hl7": (hl7_first, hl7_record), "answers": (text_first, text_record)}
ENDS = ("client", "server", "both", "client resets", "server resets", "client vanishes")
WHOLE = ENDS[:3]


def cuts(r, data):
    """Pieces of data, of sizes that are alike within a stream or are not."""
    most = r.choice((1, 3, 40, 300, 4096, 20000, 70000))
    most = most if len(data) // most < 3000 else 4096
    at = 0
    while at < len(data):
        n = r.randint(1, most)
        yield data[at:at + n]
        at += n


@dataclass
class Plan:
    """One stream, both ways. Everything of it follows from seed and number."""
    seed: int
    number: int
    format: str = ""
    end: str = ""
    to_server: list = field(default_factory=list)
    to_client: list = field(default_factory=list)

    def __post_init__(self):
        r = self.random("plan")
        self.format = r.choice(("text", "text", "hl7", "answers"))
        self.end = r.choice(WHOLE + WHOLE + ENDS)
        first, record = FORMATS[self.format]
        most = r.choice((1, 4, 4, 30, 30, 300, 2000))
        self.to_server = [first(self.number)] + [record(r, self.number) for _ in range(r.randint(0, most))]
        if self.format == "answers":
            record, most = answer_record, min(most, 30)
        self.to_client = [first(self.number)] + [record(r, self.number) for _ in range(r.randint(0, most))]

    def random(self, what):
        return random.Random(f"{self.seed}/{self.number}/{what}")

    whole = property(lambda self: self.end in WHOLE)


def sent(records):
    return b"".join(record.sent for record in records)


# What a reset, as the idle timer, releases of a value that has only begun: so many letters and
# digits, and of an address of e-mail what stands before the @.
BEGUN = 3


def judge(records, got, whole):
    """The version of each record that arrived; AssertionError where other bytes did."""
    versions, at = [], 0
    for record in records:
        piece = got[at:at + len(record.sent)]
        version = next((v for v, want in enumerate(record.arrives) if piece == want[:len(piece)]), None)
        if len(piece) < len(record.sent):
            assert not whole, f"ends after {len(got)} of {sum(len(x.sent) for x in records)} bytes"
            assert version is not None or begun(record, piece), f"arrived: {piece!r} of {record.arrives}"
            return versions
        assert version is not None, f"arrived: {piece!r}, not {record.arrives}"
        versions.append(version)
        at += len(piece)
    assert at == len(got), f"{len(got) - at} bytes more than were sent"
    return versions


def begun(record, piece):
    for want in record.arrives:
        same = next((i for i, (a, b) in enumerate(zip(piece, want)) if a != b), len(piece))
        rest = piece[same:]
        begins = b"@" not in rest if rest[:1].islower() else sum(chr(c).isalnum() for c in rest) <= BEGUN
        if begins and rest == record.sent[same:len(piece)]:
            return True
    return False
