/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked before an automaton (form_def.brief) says what pattern, guard and validator do. */
#include "../../user/rules/builtin.h"
#include "../../user/rules/validate.h"
#include "quickly.h"

static void make_year_last(u64 *seed, char *to, size_t cap)
{
	char c = "/."[draw(seed, 2)];

	u32 a = draw(seed, 33), b = draw(seed, 3) ? draw(seed, 14) : draw(seed, 33);

	snprintf(to, cap, "%02u%c%02u%c%04u", a, c, b, c, 1870 + draw(seed, 240));
}

static void make_packed(u64 *seed, char *to, size_t cap)
{
	static const int lengths[] = {8, 8, 12, 14, 10, 16};
	char all[32];

	/* Few days that may be written so are none. */
	u32 month = draw(seed, 2) ? 2 : draw(seed, 14),
	    day = draw(seed, 2) ? 29 + draw(seed, 3) : draw(seed, 33);

	snprintf(all, sizeof(all), "%04u%02u%02u%02u%02u%02u00", 1870 + draw(seed, 240), month, day,
		 draw(seed, 25), draw(seed, 61), draw(seed, 61));
	snprintf(to, cap, "%.*s", lengths[draw(seed, array_size(lengths))], all);
}

static void make_itin(u64 *seed, char *to, size_t cap)
{
	char c = "--  ."[draw(seed, 5)];

	snprintf(to, cap, "9%02u%c%02u%c%04u", draw(seed, 100), c, draw(seed, 100), c,
		 draw(seed, 10000));
}

Test(brief, date_with_the_year_behind)
{
	agree(quick_form("02/29/2024"), make_year_last, 6, 60, 60);
	agree(quick_form("29.02.2024"), make_year_last, 7, 60, 60);
}

Test(brief, date_in_digits_alone)
{
	agree(quick_form("20240229"), make_packed, 8, 60, 60);
}

Test(brief, itin)
{
	agree(quick_form("912-70-1234"), make_itin, 9, 60, 60);
}

static void make_npi(u64 *seed, char *to, size_t cap)
{
	static const char *const many[] = {"1234567893", "1003000126", "2345678904"};

	if (draw(seed, 2))
		snprintf(to, cap, "%s", many[draw(seed, array_size(many))]);
	else
		snprintf(to, cap, "%u%09u", 1 + draw(seed, 2), draw(seed, 1000000000));
}

Test(brief, npi)
{
	agree(quick_form("1234567893"), make_npi, 11, 20, 20);
}

static void make_trunk(u64 *seed, char *to, size_t cap)
{
	static const char *const behind[] = {"}",      ";1",   " 1",      "-12", ",",
					     " ext 5", "x7",   "",        "#1",  " net",
					     " X7",    " ,x7", " Ext 12", " y",  " #3"};

	snprintf(to, cap, "0%u%c%u%s", draw(seed, draw(seed, 2) ? 100 : 100000),
		 "/- "[draw(seed, 3)], draw(seed, draw(seed, 2) ? 100 : 10000000),
		 behind[draw(seed, array_size(behind))]);
}

/* It refuses only. */
Test(brief, telephone_number_with_a_trunk_prefix)
{
	const struct rule_def *defs;
	size_t n, k = 0;

	defs = rules_builtin(&n);
	for (size_t i = 0; i < n; i++)
		for (u16 f = 0; f < defs[i].nforms; f++)
			if (defs[i].forms[f].brief == brief_trunk && ++k)
				agree(&defs[i].forms[f], make_trunk, 10, 0, 10);
	cr_expect_eq(k, 1);
}
