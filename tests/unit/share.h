/* SPDX-License-Identifier: BSD-2-Clause */
/* SCRIM_SHARE=n: of what tests do over and over they do the n-th part. For `make check`, and processors that are emulated. */
#ifndef TEST_SHARE_H
#define TEST_SHARE_H

#include <stdlib.h>

static inline size_t share(void)
{
	const char *n = getenv("SCRIM_SHARE");

	return n && atoi(n) > 1 ? (size_t)atoi(n) : 1;
}

/* Of so many rounds, at least one. */
static inline size_t share_of(size_t rounds)
{
	return (rounds + share() - 1) / share();
}

/* Where so much is seen in all of them, what is seen in a share at least: shares differ. */
static inline size_t share_sees(size_t n)
{
	return share() > 1 ? n / share() / 4 : n;
}

#endif
