# SPDX-License-Identifier: BSD-2-Clause
"""A service that keeps what it receives: its own record is the proof of what reached it.

    with Service(ns, "10.1.0.2", 2575) as service:
        client = ns.connected("10.1.0.2", 2575)
        client.sendall(b"...")
        got = service.next()                 the next connection, in the order of their coming
        got.wait(b"...")                     until it has received exactly this
        got.socket.sendall(b"answer")
        got.ended()                          b"eof" or "reset", once it has ended

Each connection is read by a thread of its own to its end, whatever the test does.
"""
import socket
import threading

import netlib


class Received:
    def __init__(self, s, peer):
        self.socket, self.peer = s, peer[:2]
        self.data, self.end = bytearray(), None
        self.changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        end = "eof"
        try:
            while piece := self.socket.recv(1 << 16):
                with self.changed:
                    self.data += piece
                    self.changed.notify_all()
        except ConnectionError:
            end = "reset"
        except OSError:
            end = "closed"  # by the test
        with self.changed:
            self.end = end
            self.changed.notify_all()

    def wait(self, data):
        with self.changed:
            self.changed.wait_for(lambda: self.end or len(self.data) >= len(data), netlib.TIMEOUT)
            assert bytes(self.data) == data, (bytes(self.data[:200]), data[:200], self.end)

    def ended(self):
        with self.changed:
            assert self.changed.wait_for(lambda: self.end, netlib.TIMEOUT), "it goes on"
            return self.end

    def close(self):
        """Ends the connection from here, and the thread that reads it."""
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it has ended already
        self.ended()
        self.socket.close()


class Service:
    """On a port, of IPv4 ("0.0.0.0", an address), IPv6 ("::"), or both ("dual")."""

    def __init__(self, ns, host, port):
        dual = host == "dual"
        v6 = dual or ":" in host
        s = self.socket = ns.socket(socket.AF_INET6 if v6 else socket.AF_INET)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if v6:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, not dual)
        s.bind(("::" if dual else host, port))
        s.listen(4096)
        s.settimeout(None)
        self.connections, self.taken = [], 0
        self.changed = threading.Condition()
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self):
        while True:
            try:
                s, peer = self.socket.accept()
            except OSError:
                return
            with self.changed:
                self.connections.append(Received(s, peer))
                self.changed.notify_all()

    def next(self):
        with self.changed:
            came = self.changed.wait_for(lambda: len(self.connections) > self.taken, netlib.TIMEOUT)
            assert came, "no connection came"
            self.taken += 1
            return self.connections[self.taken - 1]

    def record(self):
        """All bytes that ever came."""
        with self.changed:
            return b"".join(bytes(c.data) for c in self.connections)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(netlib.TIMEOUT)
        self.socket.close()
        for c in self.connections:
            c.close()
