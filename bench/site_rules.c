/* SPDX-License-Identifier: BSD-2-Clause */
#include "site_rules.h"

#include <stdio.h>

/* %c tells the rules of one shape apart. */
static const char *const shape[] = {
	"%cX-[0-9]{8}",
	"%c[A-Z]{2}[0-9]{6}",
	"[0-9]{4}-%c[A-Z]-[0-9]{4}",
	"%cCC#[0-9]{10}",
	"(?:M%c|PT)[0-9]{7}[A-Z]",
	"%c[0-9]{2}\\.[0-9]{3}\\.[0-9]{3}",
	"%c[0-9]{3}/[0-9]{4}/[0-9]{2}",
	"%cv[0-9a-f]{12}",
	"%c[A-Z][0-9]{2}(?: [0-9]{4}){4}",
	"%cASE [0-9]{5}-[0-9]{2}",
	"[0-9]{6}%c[0-9]{3}[0-9A-Z]",
	"@%c[a-z]{2,12}#[0-9]{4}",
	"[0-9]{2}:%c[A-F0-9]{2}:[0-9]{4}",
};

void site_rules(struct rule_def defs[SITE_RULES])
{
	static const char *const labels[] = {"case", "file no", "account", NULL};
	static char name[SITE_RULES][16], pattern[SITE_RULES][64];

	for (int i = 0; i < SITE_RULES; i++) {
		bool labelled = i % 5 == 4;

		snprintf(name[i], sizeof(name[i]), "site-%d", i);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(pattern[i], sizeof(pattern[i]), shape[i % (int)array_size(shape)],
			 'A' + i / (int)array_size(shape));
#pragma GCC diagnostic pop
		defs[i] = (struct rule_def){
			.name = name[i],
			.class = ID_RECORD,
			.what = "a number of this site",
			.source = "bench",
			.nforms = 1,
			.forms = {{.pattern = pattern[i],
				   .labels = labelled ? labels : NULL,
				   .distance = labelled ? 16 : 0,
				   .before = GUARD_WORD,
				   .after = GUARD_WORD}},
		};
	}
}
