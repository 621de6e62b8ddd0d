#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The demo's receiver: takes HL7 messages over MLLP and acknowledges each. It knows of no scrim.

    demo_receiver.py PORT FRAMES EVENTS

Every message goes to the file FRAMES as it came; to EVENTS go lines of JSON: `message` with its
control id, the peer and where it lies in FRAMES, written before its ACK is sent; `end` with how a
connection ended. Says "ready" when it listens, ends when its standard input does.
"""
import json
import socket
import sys
import threading

START, END = b"\x0b", b"\x1c\r"


class Log:
    """Both files; connections share them."""

    def __init__(self, frames, events):
        self.frames, self.events = open(frames, "ab", buffering=0), open(events, "a")
        self.lock = threading.Lock()

    def event(self, **what):
        with self.lock:
            print(json.dumps(what), file=self.events, flush=True)

    def message(self, message, peer):
        with self.lock:
            at = self.frames.tell()
            self.frames.write(message)
            print(json.dumps({"event": "message", "id": control_id(message), "peer": peer,
                              "at": at, "len": len(message)}), file=self.events, flush=True)


def control_id(message):
    """MSH-10, by the message's own separator."""
    fields = message.split(b"\r", 1)[0].split(message[3:4])
    return fields[9].decode() if message[:3] == b"MSH" and len(fields) > 9 else ""


def acknowledgement(message):
    sent = control_id(message)
    text = f"MSH|^~\\&|ARCHIVE|QUAY|||||ACK|A{sent}|P|2.5\rMSA|AA|{sent}\r"
    return START + text.encode() + END


def serve(connection, peer, log):
    data, how = b"", "end"
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        while more := connection.recv(65536):
            data += more
            while END in data:
                frame, data = data.split(END, 1)
                log.message(frame.removeprefix(START), peer)
                connection.sendall(acknowledgement(frame.removeprefix(START)))
    except OSError:
        how = "reset"
    log.event(event="end", peer=peer, how=how, unfinished=len(data))
    connection.close()


def listen(family, port, log):
    listener = socket.create_server(("", port), family=family, backlog=64)

    def accept():
        while True:
            connection, peer = listener.accept()
            log.event(event="connection", peer=peer[0])
            threading.Thread(target=serve, args=(connection, peer[0], log), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def main():
    port, frames, events = sys.argv[1:]
    log = Log(frames, events)
    listen(socket.AF_INET, int(port), log)
    listen(socket.AF_INET6, int(port), log)
    print("ready", flush=True)
    sys.stdin.read()


main()
