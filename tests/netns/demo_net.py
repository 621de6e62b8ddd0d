# SPDX-License-Identifier: BSD-2-Clause
"""Three hosts for the demo, as network namespaces, with the ingest host as the only way.

    client eth0 ─── clients  ingest  servers ─── eth0 server
    10.1.0.2        10.1.0.1         10.2.0.1    10.2.0.2
    fd00:1::2       fd00:1::1        fd00:2::1   fd00:2::2

Programs are put into a namespace by nsenter, not by `ip netns exec`: that one would hide the
BPF file system, in which scrim's maps are pinned.
"""
import os
import subprocess

BPFFS = "/sys/fs/bpf"
PORT = 2575
CLIENT = {4: "10.1.0.2", 6: "fd00:1::2"}
SERVER = {4: "10.2.0.2", 6: "fd00:2::2"}


def run(*command, check=True):
    """The command's output; an exception that quotes it where it failed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, timeout=60)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout.strip()}")
    return done.stdout


class Hosts:
    """The namespaces, gone with close()."""

    def __init__(self, prefix):
        self.names = {host: f"{prefix}-{host}" for host in ("client", "ingest", "server")}

    def inside(self, host, *command):
        return ("nsenter", f"--net=/run/netns/{self.names[host]}", *command)

    def run(self, host, *command, check=True):
        return run(*self.inside(host, *command), check=check)

    def popen(self, host, *command, **kwargs):
        """Started there; its pid is the program's own, and it dies with the demo."""
        return subprocess.Popen(self.inside(host, "setpriv", "--pdeathsig", "KILL", *command),
                                **kwargs)

    def open(self):
        for name in self.names.values():
            run("ip", "netns", "add", name)
        for end, host in (("clients", "client"), ("servers", "server")):
            run("ip", "link", "add", end, "netns", self.names["ingest"], "type", "veth",
                "peer", "name", "eth0", "netns", self.names[host])
        self.addresses()
        self.run("ingest", "sysctl", "-qw", "net.ipv4.ip_forward=1",
                 "net.ipv6.conf.all.forwarding=1")

    def addresses(self):
        for host, device, net, last in (("client", "eth0", 1, 2), ("ingest", "clients", 1, 1),
                                        ("ingest", "servers", 2, 1), ("server", "eth0", 2, 2)):
            self.run(host, "ip", "link", "set", "lo", "up")
            self.run(host, "ip", "link", "set", device, "up")
            self.run(host, "ip", "addr", "add", f"10.{net}.0.{last}/24", "dev", device)
            self.run(host, "ip", "addr", "add", f"fd00:{net}::{last}/64", "dev", device, "nodad")
        for host, net in (("client", 1), ("server", 2)):
            self.run(host, "ip", "route", "add", "default", "via", f"10.{net}.0.1")
            self.run(host, "ip", "route", "add", "default", "via", f"fd00:{net}::1")

    def close(self):
        for name in self.names.values():
            if os.path.exists(f"/run/netns/{name}"):
                run("ip", "netns", "del", name, check=False)


def mount_bpffs():
    """True if it had to be mounted; it is left so, as systemd would have it."""
    if not os.path.ismount(BPFFS):
        run("mount", "-t", "bpf", "bpf", BPFFS)
        return True
    return False
