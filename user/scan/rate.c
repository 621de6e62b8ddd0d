/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small picture of clinical and log text, to weigh classes with: how often each kind of byte
 * follows each, and how common a byte is among its kind. Only relations matter, and only for
 * speed: what is found does not depend on it. Shapes have a whole page of text (sample.c); but there are
 * too many pairs of classes to look each up there.
 */
#include "prefilter.h"
#include <string.h>

static const float first[BYTE_KINDS] = {
	[KIND_DIGIT] = 0.15f, [KIND_LETTER] = 0.6f, [KIND_OTHER] = 0.25f};
static const float follows[BYTE_KINDS][BYTE_KINDS] = {
	[KIND_DIGIT] = {[KIND_DIGIT] = 0.65f, [KIND_LETTER] = 0.05f, [KIND_OTHER] = 0.3f},
	[KIND_LETTER] = {[KIND_DIGIT] = 0.02f, [KIND_LETTER] = 0.8f, [KIND_OTHER] = 0.18f},
	[KIND_OTHER] = {[KIND_DIGIT] = 0.2f, [KIND_LETTER] = 0.55f, [KIND_OTHER] = 0.25f},
};

/* Its part of its kind in a common text. */
static float part_of_kind(u8 c)
{
	static const u8 common[256] = {
		['\n'] = 1, ['"'] = 1, [':'] = 1, [','] = 1, ['.'] = 1, ['-'] = 1,
		['/'] = 1,  ['|'] = 1, ['='] = 1, ['^'] = 1, [' '] = 7,
	};

	if (byte_kind(c) == KIND_DIGIT)
		return 0.1f;
	if (c >= 0x80)
		return 0.0005f;
	if (byte_kind(c) == KIND_LETTER)
		return c >= 'a' ? 0.032f : 0.004f;
	return common[c] ? 0.05f * common[c] : 0.003f;
}

void mass_add(struct mass *m, u8 c)
{
	m->of[byte_kind(c)] += part_of_kind(c);
}

float masses_rate(const struct mass *at, int depth)
{
	float now[BYTE_KINDS], next[BYTE_KINDS], sum = 0;

	for (int k = 0; k < BYTE_KINDS; k++)
		now[k] = first[k] * at[0].of[k];
	for (int i = 1; i < depth; i++) {
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
