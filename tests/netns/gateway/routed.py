# SPDX-License-Identifier: BSD-2-Clause
"""
The stand with a router on each leg:

    client c0 ═══ r1 router-c r2 ═══ clients  ingest  servers ═══ r3 router-s r4 ═══ s0 server
          small MTU of r1                                              small MTU of r4

Only the routers know of the small MTU: both ends offer segments for 1500.
"""
from gateway.stand import FAMILIES, V4, V6, Stand

SMALL = 1300
BETWEEN = {V4: ("10.8.0.1", "10.8.0.2", "10.9.0.1", "10.9.0.2"),
           V6: ("fd00:8::1", "fd00:8::2", "fd00:9::1", "fd00:9::2")}


class Routed(Stand):
    small = SMALL

    def link_clients(self):
        self.router_c = self.namespace("router-c")
        self.router_c.forward()
        self.link(self.client, "c0", ["10.1.0.1/24", "10.1.0.200/24", "fd00:1::1/64", "fd00:1::c8/64"],
                  self.router_c, "r1", ["10.1.0.254/24", "fd00:1::fe/64"])
        self.link(self.router_c, "r2", ["10.8.0.1/24", "fd00:8::1/64"],
                  self.ingest, "clients", ["10.8.0.2/24", "fd00:8::2/64"])
        self.router_c.run("ip", "link", "set", "r1", "mtu", str(SMALL))
        self._client_routes()
        for f in FAMILIES:
            self.router_c.route("default", "via", BETWEEN[f][1])
            self.ingest.route("10.1.0.0/24" if f is V4 else "fd00:1::/64", "via", BETWEEN[f][0])

    def link_servers(self):
        self.router_s = self.namespace("router-s")
        self.router_s.forward()
        self.link(self.server, "s0", ["10.2.0.2/24", "10.3.0.1/32", "fd00:2::2/64", "fd00:3::1/128"],
                  self.router_s, "r4", ["10.2.0.254/24", "fd00:2::fe/64"])
        self.link(self.router_s, "r3", ["10.9.0.2/24", "fd00:9::2/64"],
                  self.ingest, "servers", ["10.9.0.1/24", "fd00:9::1/64"])
        self.router_s.run("ip", "link", "set", "r4", "mtu", str(SMALL))
        for f in FAMILIES:
            self.server.route("default", "via", f.gate_servers)
            self.router_s.route("default", "via", BETWEEN[f][2])
            self.ingest.route("10.2.0.0/24" if f is V4 else "fd00:2::/64", "via", BETWEEN[f][3])
            self.ingest.route(f.outside, "via", BETWEEN[f][3])
            self.router_s.route(f.outside, "via", f.server)
