# SPDX-License-Identifier: BSD-2-Clause
"""The relays that the benches put side by side: how each is configured, started and stopped.

    bench = Bench("bench-relay", sink=9000)     files in build/bench-relay, ports from 9001
    relay = bench.haproxy(kib=16)               one process, one thread
    relay.start(core); relay.await_ready(); ...; relay.stop()
"""
import json
import os
import pathlib
import platform
import signal
import statistics
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
BUILD = (TOP / os.environ.get("SCRIM_BUILD", "build")).resolve()
START_SECONDS = 30
MESSAGES = 256
LOOPBACK = "127.0.0.1"
MASKING = ("all", "all: {rules: [builtin], default: fill}")
HOLD = "10s"  # a load that was not scheduled for a while must not have its tail let go
NO_RULES = ("nothing", "nothing: {default: none}")


class Relay:
    """A relay under test: how it is started, where it listens, what it should send on."""

    def __init__(self, name, port, argv, log, masks=False, after=(), share=1, says=None):
        self.name, self.port, self.argv, self.log = name, port, argv, log
        self.masks, self.after = masks, after
        self.share = share  # of the bytes that the others relay
        self.says = says  # what its log has when it is ready; None: it listens on its port then
        self.process = None
        self.runs = []

    def start(self, core, inside=()):
        """Starts it on its core; it dies with this program, whatever ends it. inside: a command
        that runs the rest of its words, such as `ip netns exec NAME`."""
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [*inside, "setpriv", "--pdeathsig", "KILL", "taskset", "-c", str(core)] + self.argv,
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        self.inside = inside

    def is_ready(self):
        if self.says:
            return self.says in pathlib.Path(self.log).read_text()
        return self.port in listening_ports(self.process.pid)

    def await_ready(self):
        end = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > end:
                text = pathlib.Path(self.log).read_text()[-2000:]
                sys.exit(f"{self.name} does not listen on port {self.port}:\n{text}")
            time.sleep(0.02)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.after:
            subprocess.run([*self.inside, *self.after], stdout=subprocess.DEVNULL, check=True)

    def median(self, key):
        return statistics.median(run[key] for run in self.runs)

    def spread(self, key):
        """How far the runs lie apart, in percent of their median."""
        values = [run[key] for run in self.runs]
        return (max(values) - min(values)) / statistics.median(values) * 100


def listening_ports(pid):
    """Ports that somebody listens on in the network namespace of a process."""
    ports = set()
    for name in ("tcp", "tcp6"):
        for line in pathlib.Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]:
            field = line.split()
            if field[3] == "0A":
                ports.add(int(field[1].rsplit(":", 1)[1], 16))
    return ports


class Bench:
    """A folder for files, a port for the server that all relays go on to, and the relays."""

    def __init__(self, name, sink, connections=64):
        self.work = BUILD / name
        self.work.mkdir(parents=True, exist_ok=True)
        self.sink, self.connections = sink, connections
        self.ports = iter(range(sink + 1, sink + 100))

    def write(self, name, text):
        path = self.work / name
        path.write_text(text)
        return str(path)

    def relay(self, name, port, argv, **kw):
        return Relay(name, port, argv, str(self.work / f"{name}.log"), **kw)

    def haproxy(self, kib=16, splice=False, name=None, bind=LOOPBACK, server=LOOPBACK, extra="",
                port=None):
        """HAProxy: one thread, one listener. Splicing passes pages on and never sees the bytes.
        bind and extra: further words of the lines `bind` and `server`."""
        port = port or next(self.ports)
        name = name or f"haproxy-{'splice' if splice else kib}"
        option = ("option splice-request\n    option splice-response" if splice else
                  "no option splice-auto")
        address, _, words = bind.partition(" ")
        conf = self.write(f"{name}.cfg", f"""\
global
    nbthread 1
    maxconn {self.connections}
    tune.bufsize {kib * 1024}
defaults
    mode tcp
    timeout connect 5s
    timeout client 300s
    timeout server 300s
    {option}
listen relay
    bind {address}:{port} {words}
    server sink {server}:{self.sink} {extra}
""")
        return self.relay(name, port, ["haproxy", "-db", "-f", conf])

    def nginx(self, kib=16, name=None):
        """nginx's stream module as one process."""
        port = next(self.ports)
        name = name or f"nginx-{kib}"
        folder = self.work / name
        folder.mkdir(exist_ok=True)
        conf = self.write(f"{name}.conf", f"""\
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
user root;
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr;
events {{ worker_connections {2 * self.connections + 16}; }}
stream {{
    server {{
        listen {LOOPBACK}:{port};
        proxy_pass {LOOPBACK}:{self.sink};
        proxy_buffer_size {kib}k;
        proxy_half_close on;
    }}
}}
""")
        return self.relay(name, port, ["nginx", "-p", str(folder), "-c", conf])

    def null_relay(self, kib, buffers):
        port = next(self.ports)
        return self.relay(f"null-{kib}", port, [str(BUILD / "bench/null_relay"), str(port),
                                                str(self.sink), str(kib * 1024), str(buffers)])

    def epoll_relay(self, kib):
        port = next(self.ports)
        return self.relay(f"epoll-{kib}", port, [str(BUILD / "bench/epoll_relay"), str(port),
                                                 str(self.sink), str(kib * 1024)])

    def splice_relay(self, kib):
        port = next(self.ports)
        return self.relay(f"splice-{kib}", port, [str(BUILD / "bench/splice_relay"), str(port),
                                                  str(self.sink), str(kib * 1024)])

    def epoll_vectorscan(self, kib, share):
        """The epoll relay that masks with Vectorscan: its bytes are scrim's."""
        port = next(self.ports)
        return self.relay("epoll-vectorscan", port,
                          [str(BUILD / "bench/epoll_relay"), str(port), str(self.sink),
                           str(kib * 1024), "mask"], masks=True, share=share)

    def scrim(self, policy, name=None, port=None, listen=None, limits=None):
        """scrim with one worker. listen: the listener's lines on its mode and where it goes on to; limits: more of them."""
        port = port or next(self.ports)
        masks = policy is MASKING
        name = name or ("scrim-masking" if masks else "scrim-no-rules")
        listen = listen or f"""mode: proxy
    listen: [{LOOPBACK}]
    upstream: {LOOPBACK}:{self.sink}"""
        limits = {"connections": self.connections, "hold": HOLD} | (limits or {})
        conf = self.write(f"{name}.yaml", f"""\
version: 1
workers: 1
limits: {{{", ".join(f"{key}: {value}" for key, value in limits.items())}}}
listeners:
  - name: bench
    {listen}
    port: {port}
    format: text
    mask: to-server
    policy: {policy[0]}
policies:
  {policy[1]}
""")
        instance = ["--instance", f"b{os.getpid()}-{name[-20:].strip('-')}"]
        return self.relay(name, port, [str(BUILD / "scrimd"), "--config", conf, *instance],
                          masks=masks, after=[str(BUILD / "scrim"), "detach", *instance],
                          says="scrimd: ready")


def two_cores():
    """A core for the relay and one for the load."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        sys.exit("this bench needs two cores: one for the relay, one for the load")
    return cores[:2]


def own_namespace():
    """Starts this program again in a network namespace of its own, unless it is there."""
    if os.environ.get("SCRIM_BENCH_NS") != "1":
        os.environ["SCRIM_BENCH_NS"] = "1"
        os.execvp("unshare", ["unshare", "--net", sys.executable] + sys.argv)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    # By route: the sysctl allows a namespace only the algorithms that anybody may use.
    subprocess.run(["ip", "route", "replace", "local", LOOPBACK, "dev", "lo", "table", "local",
                    "proto", "kernel", "scope", "host", "src", LOOPBACK, "congctl", "cubic"],
                   check=True)


def masked(corpus, to):
    """Writes what masking must make of a file of text; dies if that is the same."""
    with open(to, "wb") as f:
        subprocess.run([str(BUILD / "scrim"), "filter", "--format", "text", str(corpus)],
                       stdout=f, check=True)
    if pathlib.Path(corpus).read_bytes() == pathlib.Path(to).read_bytes():
        sys.exit("nothing is masked in the corpus")
    return str(to)


def messages(bench, size):
    """A file of log text cut into messages that end with a line, and what masking makes of it."""
    lines = iter((BUILD / "bench/log.txt").read_bytes().splitlines())
    out = bytearray()
    for _ in range(MESSAGES):
        message = bytearray()
        while len(message) < size:
            message += next(lines) + b"\n"
        out += message[:size - 1] + b"\n"
    corpus = bench.work / f"messages-{size}"
    corpus.write_bytes(out)
    return str(corpus), masked(corpus, f"{corpus}-masked")


def machine():
    """What a figure was measured on: CPU, kernel, scrim's instruction set, day."""
    model = platform.processor()
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return {"cpu": model, "kernel": platform.release(), "isa": isa(),
            "date": time.strftime("%Y-%m-%d", time.gmtime())}


def isa():
    out = subprocess.run([str(BUILD / "scrim"), "--version"], stdout=subprocess.PIPE, text=True,
                         check=True).stdout
    return out.split()[-1]


def title(m):
    return f"{m['cpu']}, {m['isa']}, kernel {m['kernel']}, {m['date']}"


def report_add(name, ratios, **figures):
    """Puts ratios and figures into a report; what other benches have put there stays."""
    path = BUILD / name
    report = json.loads(path.read_text()) if path.exists() else {}
    report.update(machine(), **figures)
    report["ratios"] = {**report.get("ratios", {}), **ratios}
    path.write_text(json.dumps(report, indent=1) + "\n")
