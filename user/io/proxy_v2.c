/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PROXY protocol's binary header (HAProxy, doc/proxy-protocol.txt, version 2, section 2.2):
 *
 *   signature 12 │ version, command │ family │ length 2 │ from │ to │ from port 2 │ to port 2
 */
#include "worker.h"
#include <string.h>

static const u8 signature[12] = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};

u32 proxy_v2_header(const union io_addr *from, const union io_addr *dialled, u8 *to)
{
	bool v4 = from->sa.sa_family == AF_INET;
	u32 each = v4 ? 4 : 16, body = 2 * each + 4;
	u8 *p = to + sizeof(signature);

	memcpy(to, signature, sizeof(signature));
	*p++ = 0x21;             /* version 2, PROXY */
	*p++ = v4 ? 0x11 : 0x21; /* TCP over IPv4, IPv6 */
	*p++ = 0;
	*p++ = (u8)body;
	if (v4) {
		memcpy(p, &from->in4.sin_addr, each);
		memcpy(p + each, &dialled->in4.sin_addr, each);
	} else {
		memcpy(p, &from->in6.sin6_addr, each);
		memcpy(p + each, &dialled->in6.sin6_addr, each);
	}
	/* The port lies at the same place in both. */
	memcpy(p + 2 * each, &from->in4.sin_port, 2);
	memcpy(p + 2 * each + 2, &dialled->in4.sin_port, 2);
	return (u32)sizeof(signature) + 4 + body;
}
