/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Byte by byte, for every CPU: shift-and. Eight places of a bank of eight shapes are a word; a
 * byte moves every shape on by a place and strikes out those it does not fit.
 *
 *      now = (now << 8 | all shapes at place 0) & fits[byte]       place 7 in the top byte
 */
#ifndef SCAN_VEC_SCALAR_H
#define SCAN_VEC_SCALAR_H

#include "list_bits.h"

#define ISA_BANKS  SCALAR_BANKS
#define QUICK_BANK 0 /* none: no place is left to quick forms alone */
#define CHUNK      2048

struct shape_state {
	u64 now[ISA_BANKS];
};

/* One step; what text[i] is, or what stands where there is no text. */
static inline void shape_step(const struct prefilter *pf, const struct scan_job *job, size_t i,
			      struct shape_state *st)
{
	bool wild = i >= job->len && !job->ends;
	u8 c = i < job->len ? job->text[i] : '\n';

#pragma GCC unroll 4
	for (int bank = 0; bank < ISA_BANKS; bank++)
		st->now[bank] = (st->now[bank] << 8 | 0xff) & (wild ? ~0ULL : pf->near[bank][c]);
}

/*
 * Where shapes fit text[at, at + n): bit i of word w for a match that begins at
 * at + 64 w + i (candidates; zoned, if a label stands before), or an anchor there.
 */
static inline void shapes_fit(const struct prefilter *pf, const struct scan_job *job, size_t at,
			      size_t n, struct fits *to)
{
	struct shape_state st;
	size_t i = at;

	for (int bank = 0; bank < ISA_BANKS; bank++)
		st.now[bank] = 0xff & pf->near[bank][at ? job->text[at - 1] : '\n'];
	for (; i < at + NEAR_DEPTH - 2; i++)
		shape_step(pf, job, i, &st);
	for (size_t w = 0; w < (n + 63) / 64; w++) {
		u64 candidates = 0, zoned = 0, anchors = 0;

		for (size_t bit = 0; bit < 64 && w * 64 + bit < n; bit++, i++) {
			u64 first, plain = 0;

			shape_step(pf, job, i, &st);
			first = st.now[0] >> 56;
#pragma GCC unroll 4
			for (int bank = 0; bank < ISA_BANKS; bank++) {
				to->fit[bank][w * 64 + bit] = (u8)(st.now[bank] >> 56);
				plain |= bank ? st.now[bank] >> 56 : 0;
			}
			if (!(plain | first))
				continue;
			candidates |= (u64)((plain | (first & BANK0_PLAIN)) != 0) << bit;
			zoned |= (u64)((first & BANK0_ZONED) != 0) << bit;
			anchors |= (u64)((first & BANK0_ANCHOR) != 0) << bit;
		}
		to->candidates[w] = candidates;
		to->others[w] = ~0ULL;
		to->zoned[w] = zoned;
		to->anchors[w] = anchors;
	}
}

/* Most bytes are in the middle of a word. */
static inline bool label_may_end(const struct label_filter *lf, const u8 *text, size_t end)
{
	if (end < TAIL_BYTES)
		return true;
	return !(is_letter(text[end]) && is_letter(text[end - 1])) && label_tail(lf, text, end);
}

/* Where a label may have ended before text[at, at + n): bit i of word w for at + 64 w + i. */
static inline void labels_fit(const struct label_filter *lf, const struct scan_job *job, size_t at,
			      size_t n, u64 *ends)
{
	for (size_t w = 0; w < (n + 63) / 64; w++) {
		ends[w] = 0;
		for (size_t i = 64 * w; i < n && i < 64 * w + 64; i++)
			ends[w] |= (u64)label_may_end(lf, job->text, at + i) << i % 64;
	}
}

static inline const u8 *find_control(const u8 *p, const u8 *end, u8 c)
{
	while (p < end && *p >= ' ' && *p != c)
		p++;
	return p;
}

#endif
