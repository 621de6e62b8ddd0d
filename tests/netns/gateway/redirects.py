# SPDX-License-Identifier: BSD-2-Clause
"""One interface for both sides: what the ingest host forwards must not lead anybody past it."""
from gateway.stand import nothing_raw, transfer
from netlib import eventually

SETTINGS = [f"/proc/sys/net/ipv4/conf/{interface}/send_redirects" for interface in ("all", "both")]


def turn(stand, value):
    for path in SETTINGS:
        stand.ingest.run("sh", "-c", f"echo {value} >{path}")


def values(stand):
    return stand.ingest.run("cat", *SETTINGS).split()


def datagrams(a, f, to):
    """Enough of them, slowly, that the kernel would tell of a shorter way, and be believed."""
    a.run("/usr/bin/python3", "-c", "import socket, sys, time\n"
          "for i in range(4):\n"
          " socket.socket(int(sys.argv[1]), socket.SOCK_DGRAM).sendto(b'x', (sys.argv[2], 9))\n"
          " time.sleep(0.3)", str(int(f.af)), to)


def test_redirects(stand, f):
    """ICMP redirects are turned off, again if somebody turns them on, and the steered port stays masked."""
    turn(stand, 1)
    with stand.scrimd():
        assert values(stand) == ["0", "0"]
        turn(stand, 1)
        eventually(lambda: values(stand) == ["0", "0"], "redirects are turned off again")
        with stand.at_server() as seen:
            datagrams(stand.client, f, f.server)
            datagrams(stand.server, f, f.client)
            transfer(stand, f)
            stand.fence(f, seen)
            nothing_raw([p for p in seen.packets() if p.protocol == 6])
    stand.scrim("detach")
