/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses of sockets: read, compared, printed. IPv4 in IPv6 clothing is IPv4 here. */
#ifndef IO_ADDRESS_H
#define IO_ADDRESS_H

#include <scrim/io.h>

#define ADDRESS_TEXT 64

/* The socket's own address, or its peer's. 0, negative errno. */
int address_local(int fd, union io_addr *ret_a);
int address_peer(int fd, union io_addr *ret_a);

socklen_t address_len(const union io_addr *a);
u16 address_port(const union io_addr *a); /* host order */
bool address_same_host(const union io_addr *a, const union io_addr *b);
bool address_any(const union io_addr *a);
/* One of this host's own addresses, as bind() sees it (net.ipv4.ip_nonlocal_bind: all are). */
bool address_ours(const union io_addr *a);

/* "192.0.2.1:2575", "[2001:db8::1]:2575". text has ADDRESS_TEXT bytes; returned. */
const char *address_text(const union io_addr *a, char *text);

#endif
