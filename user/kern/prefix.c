/* SPDX-License-Identifier: BSD-2-Clause */
/* Networks: which has which addresses. */
#include <scrim/kern.h>
#include <string.h>

bool prefix_contains(const struct kern_prefix *a, const struct kern_prefix *b)
{
	const size_t whole = a->bits / 8;
	const u8 rest = (u8)(0xff00 >> a->bits % 8);

	if (a->family != b->family || a->bits > b->bits || memcmp(a->addr, b->addr, whole))
		return false;
	return whole == sizeof(a->addr) || !((a->addr[whole] ^ b->addr[whole]) & rest);
}

bool prefixes_overlap(const struct kern_prefix *a, const struct kern_prefix *b)
{
	return prefix_contains(a, b) || prefix_contains(b, a);
}
