/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Byte by byte, for every CPU: shift-and. Eight places of eight shapes are a word; a byte
 * moves every shape on by a place and strikes out those it does not fit.
 *
 *      now = (now << 8 | all shapes at place 0) & fits[byte]       place 7 in the top byte
 */
#ifndef SCAN_VEC_SCALAR_H
#define SCAN_VEC_SCALAR_H

/* One step; what text[i] is, or what stands where there is no text. */
static inline u64 shape_step(const struct prefilter *pf, const struct scan_job *job, size_t i,
			     u64 now)
{
	u64 fits = i < job->len ? pf->fits[job->text[i]] : job->ends ? pf->fits['\n'] : ~0ULL;

	return (now << 8 | 0xff) & fits;
}

/*
 * Where shapes fit text[at, at + n): bit i of word w for a match that begins at
 * at + 64 w + i (candidates), or an anchor there.
 */
static inline void shapes_fit(const struct prefilter *pf, const struct scan_job *job, size_t at,
			      size_t n, u64 *candidates, u64 *anchors)
{
	u64 now = at ? 0xff & pf->fits[job->text[at - 1]] : 0xff & pf->fits['\n'];
	size_t i = at;

	for (; i < at + SHAPE_DEPTH - 2; i++)
		now = shape_step(pf, job, i, now);
	for (size_t w = 0; w < (n + 63) / 64; w++) {
		candidates[w] = anchors[w] = 0;
		for (size_t bit = 0; bit < 64 && w * 64 + bit < n; bit++, i++) {
			now = shape_step(pf, job, i, now);
			candidates[w] |= (u64)((now >> 56 & ~(1U << SHAPE_ANCHOR)) != 0) << bit;
			anchors[w] |= (now >> 63) << bit;
		}
	}
}

static inline const u8 *find_control(const u8 *p, const u8 *end, u8 c)
{
	while (p < end && *p >= ' ' && *p != c)
		p++;
	return p;
}

#endif
