/* SPDX-License-Identifier: BSD-2-Clause */
#include "site_rules.h"

#include <stdio.h>
#include <string.h>

#define LABEL "case"

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
	static const char *const labels[] = {LABEL, "file no", "account", NULL};
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

static u32 draw(u64 *seed, u32 below)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (u32)(*seed >> 20) % below;
}

/* Writes text that d accepts: from its start over bytes drawn by chance, until it accepts. */
static size_t word(u64 *seed, const struct dfa *d, char *to)
{
	size_t n = 0;

	for (u16 s = 1; !d->accept[s];) {
		u8 byte = (u8)(' ' + draw(seed, '~' - ' '));
		u16 next = d->trans[s * d->nclasses + d->class[byte]];

		if (!next)
			continue;
		s = next;
		to[n++] = (char)byte;
	}
	return n;
}

void site_text(const struct ruleset *rs, const u8 *from, size_t len, size_t every, u8 *to)
{
	size_t done = 0, last = 0;
	u64 seed = 0x5ca1ab1e;
	u16 rule = 0;

	while (done < len) {
		const u8 *nl = memchr(from, '\n', len - done);
		size_t n = nl ? (size_t)(nl - from) + 1 : len - done;
		char line[SCRIM_WINDOW + sizeof(LABEL) + 4];
		int value;

		memcpy(to + done, from, n);
		done += n;
		from += n;
		if (done - last < every)
			continue;
		last = done;
		value = sprintf(line, "%s: ", LABEL);
		value += (int)word(&seed, &rs->forms[rule].dfa, line + value);
		rule = (u16)((rule + 1) % rs->nforms);
		line[value++] = '\n';
		n = (size_t)value < len - done ? (size_t)value : len - done;
		memcpy(to + done, line, n);
		done += n;
	}
}
