# SPDX-License-Identifier: BSD-2-Clause
"""Where each byte of an HL7 file stands, read without scrim: to judge by position.

    for place in places(data):      place.name "PID-5", place.start, place.end: the field's value
"""
import re
from typing import NamedTuple

SEPARATOR, ENCODING = b"|", b"^~\\&"


class Place(NamedTuple):
    message: int
    name: str
    start: int
    end: int


def segments(data):
    """(message, start, end) of each segment; a message begins with MSH."""
    message = -1
    for m in re.finditer(rb"[^\r\n]+", data):
        if m.group().startswith(b"MSH"):
            message += 1
        yield message, m.start(), m.end()


def places(data):
    for message, start, end in segments(data):
        name = data[start:start + 3].decode()
        # MSH-1 is the separator itself.
        number, at = (1 if name == "MSH" else 0), start
        for piece in data[start:end].split(SEPARATOR):
            yield Place(message, f"{name}-{number}", at, at + len(piece))
            number, at = number + 1, at + len(piece) + 1


def fill(value):
    """
    What masking a whole value must give: the README's "What fill does", said again. Escapes stay,
    and so does a value that says "delete".
    """
    def piece(part):
        if part == b'""':
            return part
        out = bytearray()
        for escape, byte in re.findall(rb"(\\[^\\]*\\)|(.)", part, re.S):
            if escape:
                out += escape
            elif byte.isdigit():
                out += b"1"
            elif byte.isalpha():
                out += b"X" if byte.isupper() else b"x"
            else:
                out += b"x" if byte[0] > 0x7f else byte
        return bytes(out)
    return b"".join(piece(part) for part in re.split(rb"([~^&])", value))
