/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small picture of clinical and log text, to weigh shapes with: how often each kind of byte
 * follows each, and how common a byte is among its kind. Only relations matter, and only for
 * speed: what is found does not depend on it.
 */
#include "prefilter.h"
#include <string.h>

enum kind { DIGIT, LETTER, OTHER };

static const float first[BYTE_KINDS] = {[DIGIT] = 0.15f, [LETTER] = 0.6f, [OTHER] = 0.25f};
static const float follows[BYTE_KINDS][BYTE_KINDS] = {
	[DIGIT] = {[DIGIT] = 0.65f, [LETTER] = 0.05f, [OTHER] = 0.3f},
	[LETTER] = {[DIGIT] = 0.02f, [LETTER] = 0.8f, [OTHER] = 0.18f},
	[OTHER] = {[DIGIT] = 0.2f, [LETTER] = 0.55f, [OTHER] = 0.25f},
};

static enum kind kind_of(u8 c)
{
	if (c >= '0' && c <= '9')
		return DIGIT;
	return (c | 0x20) >= 'a' && ((c | 0x20) <= 'z' || c >= 0x80) ? LETTER : OTHER;
}

/* Its part of its kind. */
static float part_of_kind(u8 c)
{
	static const char common[] = "\n\":,.-/|=^";

	if (kind_of(c) == DIGIT)
		return 0.1f;
	if (c >= 0x80)
		return 0.0005f;
	if (kind_of(c) == LETTER)
		return c >= 'a' ? 0.032f : 0.004f;
	if (c == ' ')
		return 0.35f;
	return c && strchr(common, c) ? 0.05f : 0.003f;
}

void mass_add(struct mass *m, u8 c)
{
	m->of[kind_of(c)] += part_of_kind(c);
}

float masses_rate(const struct mass at[SHAPE_DEPTH])
{
	float now[BYTE_KINDS], next[BYTE_KINDS], sum = 0;

	for (int k = 0; k < BYTE_KINDS; k++)
		now[k] = first[k] * at[0].of[k];
	for (int i = 1; i < SHAPE_DEPTH; i++) {
		for (int k = 0; k < BYTE_KINDS; k++) {
			next[k] = 0;
			for (int from = 0; from < BYTE_KINDS; from++)
				next[k] += now[from] * follows[from][k];
			next[k] *= at[i].of[k];
		}
		memcpy(now, next, sizeof(now));
	}
	for (int k = 0; k < BYTE_KINDS; k++)
		sum += now[k];
	return sum;
}

float shape_rate(const struct shape *sh)
{
	struct mass at[SHAPE_DEPTH] = {0};

	for (int i = 0; i < SHAPE_DEPTH; i++)
		for (unsigned int c = 0; c < 256; c++)
			if (sh->at[i][c])
				mass_add(&at[i], (u8)c);
	return masses_rate(at);
}
