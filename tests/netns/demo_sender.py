#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The demo's sender: an HL7 system that sends messages over MLLP. It knows of no scrim.

    demo_sender.py ADDRESS PORT FILE

FILE holds MLLP frames. Each line of standard input is a command, answered by a line of JSON:

    send FROM TO   sends these messages, each after the ACK of the one before; connects first
                   where there is no connection. `acked`: ACKs that said AA and named the message
    lost           waits until the connection ends: `how` is reset, end or open
    dial           tries one connection: `how` is refused, reset, end, open or silent
"""
import json
import socket
import sys
import time

START, END = b"\x0b", b"\x1c\r"
SECONDS = 60


def how_it_ends(connection):
    try:
        return "open" if connection.recv(1) else "end"
    except ConnectionResetError:
        return "reset"
    except TimeoutError:
        return "open"


class Sender:
    def __init__(self, address, port, file):
        self.where = (address, int(port))
        with open(file, "rb") as f:
            self.frames = [frame + END for frame in f.read().split(END)[:-1]]
        self.connection = None

    def connect(self):
        self.connection = socket.create_connection(self.where, SECONDS)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def answer(self):
        """What comes up to the end of a frame."""
        data = b""
        while not data.endswith(END):
            more = self.connection.recv(65536)
            if not more:
                raise ConnectionError("the connection ended before the ACK")
            data += more
        return data.removeprefix(START).removesuffix(END)

    def acknowledged(self, frame):
        """Sends; True if the ACK says that this message was accepted."""
        self.connection.sendall(frame)
        wanted = frame.split(b"\r", 1)[0].split(frame[4:5])[9]
        return [s.split(b"|") for s in self.answer().split(b"\r")][1] == [b"MSA", b"AA", wanted]

    def send(self, first, last):
        start, acked, error = time.monotonic(), 0, ""
        try:
            if not self.connection:
                self.connect()
            for frame in self.frames[int(first):int(last)]:
                acked += self.acknowledged(frame)
        except OSError as e:
            error = str(e)
            self.close()
        return {"acked": acked, "seconds": time.monotonic() - start, "error": error}

    def lost(self):
        self.connection.settimeout(SECONDS)
        how = how_it_ends(self.connection)
        self.close()
        return {"how": how}

    def dial(self):
        try:
            with socket.create_connection(self.where, SECONDS) as connection:
                connection.settimeout(SECONDS)
                return {"how": how_it_ends(connection)}
        except ConnectionRefusedError:
            return {"how": "refused"}
        except TimeoutError:
            return {"how": "silent"}
        except OSError as e:
            return {"how": f"error {e.errno}"}


def main():
    sender = Sender(*sys.argv[1:])
    for line in sys.stdin:
        command, *arguments = line.split()
        print(json.dumps(getattr(sender, command)(*arguments)), flush=True)


main()
