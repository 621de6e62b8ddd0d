/* SPDX-License-Identifier: BSD-2-Clause */
#include "guard_page.h"
#include <criterion/criterion.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

struct guarded guarded_new(size_t len)
{
	size_t inside = (len + page()) / page() * page();
	u8 *all = mmap(NULL, inside + 2 * page(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct guarded g;

	cr_assert_neq((void *)all, MAP_FAILED);
	g = (struct guarded){.begin = all + page(), .end = all + page() + inside};
	cr_assert_eq(mprotect(g.begin, inside, PROT_READ | PROT_WRITE), 0);
	return g;
}

void guarded_free(struct guarded *g)
{
	munmap(g->begin - page(), (size_t)(g->end - g->begin) + 2 * page());
}

static u8 *place(const struct guarded *g, u8 *at, const u8 *text, size_t len, u8 around)
{
	cr_assert(at >= g->begin && len <= (size_t)(g->end - at));
	memset(g->begin, around, (size_t)(g->end - g->begin));
	if (len)
		memcpy(at, text, len);
	return at;
}

u8 *guarded_left(const struct guarded *g, size_t offset, const u8 *text, size_t len, u8 around)
{
	return place(g, g->begin + offset, text, len, around);
}

u8 *guarded_right(const struct guarded *g, const u8 *text, size_t len, u8 around)
{
	return place(g, g->end - len, text, len, around);
}
