/* SPDX-License-Identifier: BSD-2-Clause */
/* Made-up packets and what the gateway is to do with each. */
#ifndef TEST_PACKETS_H
#define TEST_PACKETS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_L2        14
#define VERDICT_NEXT     -1
#define VERDICT_DROP     2
#define VERDICT_REDIRECT 7
#define V4               4
#define V6               2
#define BOTH             (V4 | V6)

#define TH_FIN 1
#define TH_SYN 2
#define TH_RST 4
#define TH_ACK 16

struct packet_case {
	const char *name;
	int verdict;
	int counted; /* flow row, -1: none */
	uint8_t families;
	uint8_t protocol; /* 0: TCP */
	uint8_t flags;    /* TCP */
	uint8_t options;  /* bytes of IPv4 options */
	uint8_t data;     /* bytes behind the TCP header */
	uint8_t doff;     /* TCP header in words, 0: 5 */
	uint16_t sport, dport;
	uint16_t frag;      /* IPv4 fragment field */
	uint16_t ethertype; /* 0: by family */
	int16_t longer;     /* the IP header's length says so many bytes more than there are */
	bool merged;        /* by the kernel, beyond 64 KiB: the IP header has no length */
	uint8_t jumbo; /* nor has it behind this header of IPv6 that has one: what follows that */
	bool outside;  /* to an address that is not protected */
	bool from_server; /* from a protected one to one that is not */
	bool other_mac;   /* not for this host */
	bool egress;      /* to what stands there; of ICMP the type is in sport's first byte */
};

extern const struct packet_case packet_cases[];
extern const size_t packet_ncases;

/* Writes the packet; returns its length. `to` has 256 bytes. */
size_t packet_make(uint8_t *to, const struct packet_case *c, bool v6);

/* NULL if out is the reset that answers the SYN in; else what is wrong. */
const char *packet_is_reset(const uint8_t *out, size_t len, const uint8_t *in, size_t in_len,
			    bool v6);

#endif
