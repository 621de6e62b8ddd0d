/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading addresses and networks. */
#include "config_read.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int parse_ip(const char *text, u8 addr[16])
{
	memset(addr, 0, 16);
	if (inet_pton(AF_INET, text, addr) == 1)
		return AF_INET;
	if (inet_pton(AF_INET6, text, addr) == 1)
		return AF_INET6;
	return -EINVAL;
}

/* IPv4 in the clothes of IPv6, "::ffff:10.1.0.0": no client and no listener here has such an address. */
static bool is_mapped(int family, const u8 addr[16])
{
	struct in6_addr a;

	memcpy(&a, addr, sizeof(a)); /* it may lie anywhere */
	return family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&a);
}

static bool bit(const u8 *addr, unsigned int i)
{
	return addr[i / 8] >> (7 - i % 8) & 1;
}

/* The network an address with set host bits is probably meant to name. */
static const char *network_of(struct reader *r, const struct kern_prefix *p)
{
	char text[INET6_ADDRSTRLEN];
	u8 addr[16] = {0};

	for (unsigned int i = 0; i < p->bits; i++)
		addr[i / 8] |= (u8)(bit(p->addr, i) << (7 - i % 8));
	inet_ntop(p->family, addr, text, sizeof(text));
	return must_printf(r->faults->arena, "%s/%u", text, p->bits);
}

int parse_prefix(struct reader *r, const struct yaml *value, struct kern_prefix *ret_prefix)
{
	static const char example[] = "a network such as 10.1.0.0/16 or \"fd00:1::/64\"";
	struct kern_prefix p = {0};
	unsigned int most, bits;
	const char *slash;
	int family;

	if (!expect(r, value, YAML_TEXT, example))
		return -EINVAL;
	slash = strchrnul(value->text, '/');
	family = parse_ip(must_text(r->faults->arena, value->text, (size_t)(slash - value->text)),
			  p.addr);
	if (family < 0) {
		wrong(r, value, "`%s` is not a network; write %s", value->text, example);
		return -EINVAL;
	}
	bits = most = family == AF_INET ? 32 : 128;
	if (*slash) {
		if (!slash[1] || strlen(slash + 1) > 3 ||
		    strspn(slash + 1, "0123456789") != strlen(slash + 1) ||
		    (bits = (unsigned int)atoi(slash + 1)) > most) {
			wrong(r, value, "`%s`: after the `/` must stand a number from 0 to %u",
			      value->text, most);
			return -EINVAL;
		}
	}
	p.family = (u8)family;
	p.bits = (u8)bits;
	if (is_mapped(family, p.addr)) {
		wrong(r, value,
		      "`%s` is IPv4 written as IPv6; write it as IPv4, such as 10.1.0.0/16",
		      value->text);
		return -EINVAL;
	}
	for (unsigned int i = bits; i < most; i++) {
		if (bit(p.addr, i)) {
			wrong(r, value, "`%s` has bits set behind its prefix; did you mean `%s`?",
			      value->text, network_of(r, &p));
			return -EINVAL;
		}
	}
	*ret_prefix = p;
	return 0;
}

void read_networks(struct reader *r, const struct yaml *value, struct kern_prefix **ret_nets,
		   size_t *ret_n)
{
	struct kern_prefix *nets;
	size_t n = 0;

	if (!expect(r, value, YAML_LIST,
		    "a list of networks such as [10.1.0.0/16, \"fd00:1::/64\"]"))
		return;
	if (!value->n)
		wrong(r, value, "`%s` is an empty list; name a network", value->key->text);
	nets = must_new(&r->config->arena, struct kern_prefix, value->n + 1);
	for (const struct yaml *item = value->first; item; item = item->next) {
		if (parse_prefix(r, item, &nets[n]))
			continue;
		for (size_t i = 0; i < n; i++) {
			if (!prefixes_overlap(&nets[i], &nets[n]))
				continue;
			wrong(r, item,
			      "`%s` overlaps another network of the same list; leave the "
			      "narrower one out",
			      item->text);
			break;
		}
		n++;
	}
	*ret_nets = nets;
	*ret_n = n;
}

static int set_address(const char *text, union io_addr *ret_addr)
{
	u8 addr[16];
	int family = parse_ip(text, addr);

	if (family < 0)
		return family;
	memset(ret_addr, 0, sizeof(*ret_addr));
	ret_addr->sa.sa_family = (sa_family_t)family;
	if (family == AF_INET)
		memcpy(&ret_addr->in4.sin_addr, addr, 4);
	else
		memcpy(&ret_addr->in6.sin6_addr, addr, 16);
	return 0;
}

static int check_mapped(struct reader *r, const struct yaml *value, const union io_addr *a)
{
	if (!is_mapped(a->sa.sa_family, a->in6.sin6_addr.s6_addr))
		return 0;
	wrong(r, value, "`%s` is IPv4 written as IPv6; write it as IPv4", value->text);
	return -EINVAL;
}

/* Multicast and broadcast are refused. */
static int check_single(struct reader *r, const struct yaml *value, const union io_addr *a)
{
	bool many = a->sa.sa_family == AF_INET6
			    ? IN6_IS_ADDR_MULTICAST(&a->in6.sin6_addr)
			    : IN_MULTICAST(ntohl(a->in4.sin_addr.s_addr)) ||
				      a->in4.sin_addr.s_addr == htonl(INADDR_BROADCAST);

	if (!many)
		return 0;
	wrong(r, value, "`%s` is of many hosts; write the address of one", value->text);
	return -EINVAL;
}

static bool is_any(const union io_addr *a)
{
	return a->sa.sa_family == AF_INET6 ? IN6_IS_ADDR_UNSPECIFIED(&a->in6.sin6_addr)
					   : a->in4.sin_addr.s_addr == htonl(INADDR_ANY);
}

int parse_address(struct reader *r, const struct yaml *value, union io_addr *ret_addr)
{
	static const char example[] = "an address such as 127.0.0.1 or \"::1\"";

	if (!expect(r, value, YAML_TEXT, example))
		return -EINVAL;
	if (set_address(value->text, ret_addr)) {
		wrong(r, value, "`%s` is not an address; write %s", value->text, example);
		return -EINVAL;
	}
	return check_mapped(r, value, ret_addr) ?: check_single(r, value, ret_addr);
}

int parse_address_port(struct reader *r, const struct yaml *value, union io_addr *ret_addr)
{
	static const char example[] = "an address and port such as 10.2.0.5:2575 or "
				      "\"[fd00:2::5]:2575\"";
	const char *colon, *host, *end;
	union io_addr addr;
	unsigned long port;
	size_t len;
	bool bracket;

	if (!expect(r, value, YAML_TEXT, example))
		return -EINVAL;
	host = value->text;
	colon = strrchr(host, ':');
	bracket = *host == '[';
	len = colon ? (size_t)(colon - host) : 0;
	if (bracket && len > 2 && host[len - 1] == ']') {
		host++;
		len -= 2;
	} else if (bracket || !len || memchr(host, ':', len)) {
		goto bad; /* an IPv6 address without brackets has no clear port */
	}
	port = strtoul(colon + 1, (char **)&end, 10);
	if (colon[1] < '0' || colon[1] > '9' || *end || !port || port > 65535 ||
	    set_address(must_text(r->faults->arena, host, len), &addr) ||
	    bracket != (addr.sa.sa_family == AF_INET6))
		goto bad;
	if (check_mapped(r, value, &addr) || check_single(r, value, &addr))
		return -EINVAL;
	if (is_any(&addr)) {
		wrong(r, value, "`%s` is every address of this host; write the server's",
		      value->text);
		return -EINVAL;
	}
	addr.in4.sin_port = htons((u16)port); /* at the same place in both families */
	*ret_addr = addr;
	return 0;
bad:
	wrong(r, value, "`%s` is not %s", value->text, example);
	return -EINVAL;
}
