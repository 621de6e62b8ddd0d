# SPDX-License-Identifier: BSD-2-Clause
"""Inside of a booted systemd: what an operator would do with the units, and what is seen, as JSON.

The service that mode local stands in front of is here, too: `probe.py service`.
"""
import json
import os
import signal
import socket
import subprocess
import sys
import time

PORT = 2576
LIMIT = 40


def service():
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", PORT))
    server.listen()
    while True:
        peer, _ = server.accept()
        with peer:
            peer.settimeout(LIMIT)
            peer.sendall(b"got " + read(peer))


def read(s):
    data = b""
    while piece := s.recv(4096):
        data += piece
    return data


def dial():
    """What the service got of a value, or why it got nothing."""
    try:
        with socket.create_connection(("127.0.0.1", PORT), LIMIT) as client:
            client.sendall(b"SSN 123-45-6789")
            client.shutdown(socket.SHUT_WR)
            return read(client).decode()
    except ConnectionError as e:
        return type(e).__name__


def systemctl(*words):
    return subprocess.run(["systemctl", *words], stdout=subprocess.PIPE, text=True).stdout.strip()


def show(unit):
    names = "ActiveState,SubState,Result,NRestarts,MainPID,StatusText,ExecMainStatus,ActiveEnterTimestampMonotonic"
    return dict(line.split("=", 1) for line in systemctl("show", unit, "-p", names).splitlines())


def forwarding():
    with open("/proc/sys/net/ipv4/ip_forward") as f4, open("/proc/sys/net/ipv6/conf/all/forwarding") as f6:
        return [int(f4.read()), int(f6.read())]


def units():
    return {name: show(name) for name in ("scrimd.service", "scrim-attach.service", "scrim-forward.service",
                                          "svc.service", "network-pre.target")}


def stuck():
    """Stops the daemon's threads and waits for the manager to start it again."""
    os.kill(int(show("scrimd.service")["MainPID"]), signal.SIGSTOP)
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        unit = show("scrimd.service")
        if unit["NRestarts"] != "0" and unit["SubState"] == "running":
            break
        time.sleep(0.1)
    return unit


def taken_over(before):
    """`scrim restart` over an open connection: what it says, and the unit when the old daemon is gone."""
    with socket.create_connection(("127.0.0.1", PORT), LIMIT) as client:
        client.sendall(b"first\n")
        done = subprocess.run(["/run/scrim/bin/scrim", "restart", "--instance", sys.argv[2]], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        client.sendall(b"SSN 123-45-6789")
        client.shutdown(socket.SHUT_WR)
        answer = read(client).decode()
    end = time.monotonic() + LIMIT
    while os.path.exists(f"/proc/{before}") and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(9)  # longer than its WatchdogSec
    return done.stdout, answer, show("scrimd.service")


def drained():
    """Stops the daemon over an open connection, which goes on for longer than the unit allows by itself."""
    with socket.create_connection(("127.0.0.1", PORT), LIMIT) as client:
        client.sendall(b"first\n")
        systemctl("stop", "--no-block", "scrimd")
        end = time.monotonic() + LIMIT
        while show("scrimd.service")["SubState"] == "running" and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(3)  # three times TimeoutStopSec
        client.sendall(b"SSN 123-45-6789")
        client.shutdown(socket.SHUT_WR)
        answer = read(client).decode()
    systemctl("stop", "scrimd")
    return show("scrimd.service"), answer


def good():
    seen = {"units": units(), "dial": dial(), "forwarding": forwarding()}
    pid = seen["units"]["scrimd.service"]["MainPID"]
    with open(f"/proc/{pid}/status") as f:
        seen["status"] = dict(line.split(":\t", 1) for line in f.read().splitlines())
    with open(f"/proc/{pid}/mountinfo") as f:
        seen["mounts"] = {line.split()[4]: line.split()[5].split(",")[0] for line in f}
    systemctl("restart", "scrimd")
    seen["restarted"] = show("scrimd.service"), dial()
    pid = show("scrimd.service")["MainPID"]
    seen["reloaded"] = subprocess.run(["systemctl", "reload", "scrimd"]).returncode, show("scrimd.service")["StatusText"]
    seen["taken over"] = pid, taken_over(pid), dial()
    seen["stuck"] = stuck(), dial()
    seen["drained"] = drained()
    systemctl("start", "scrimd")
    systemctl("stop", "scrim-attach")
    seen["attach stopped"] = forwarding(), dial()
    systemctl("stop", "scrimd")
    systemctl("start", "svc")
    seen["stopped"] = show("scrimd.service"), dial()
    return seen


def faulty():
    return {"units": units(), "dial": dial(), "forwarding": forwarding()}


if sys.argv[1] == "service":
    service()
try:
    with open("/run/out/seen", "w") as out:
        json.dump(good() if sys.argv[1] == "good" else faulty(), out)
finally:
    subprocess.run(["/run/scrim/bin/scrim", "detach", "--instance", sys.argv[2]])
    systemctl("--force", "--force", "poweroff")
