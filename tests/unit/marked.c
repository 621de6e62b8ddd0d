/* SPDX-License-Identifier: BSD-2-Clause */
#include "marked.h"

void unmark(const char *marked, struct unmarked *ret)
{
	struct unmarked u = {0};

	for (; *marked; marked++) {
		if (*marked == '[')
			u.from[u.n] = u.len;
		else if (*marked == ']')
			u.to[u.n++] = u.len;
		else
			u.text[u.len++] = (u8)*marked;
	}
	*ret = u;
}
