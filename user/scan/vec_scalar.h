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
 * at + 64 w + i (candidates; zoned, if a label stands before), or an anchor there.
 */
static inline void shapes_fit(const struct prefilter *pf, const struct scan_job *job, size_t at,
			      size_t n, struct fits *to)
{
	u64 now = at ? 0xff & pf->fits[job->text[at - 1]] : 0xff & pf->fits['\n'];
	size_t i = at;

	for (; i < at + SHAPE_DEPTH - 2; i++)
		now = shape_step(pf, job, i, now);
	for (size_t w = 0; w < (n + 63) / 64; w++) {
		u64 candidates = 0, zoned = 0, anchors = 0;

		for (size_t bit = 0; bit < 64 && w * 64 + bit < n; bit++, i++) {
			now = shape_step(pf, job, i, now);
			candidates |= (u64)((now >> 56 & SHAPES_PLAIN) != 0) << bit;
			zoned |= (now >> (56 + SHAPE_ZONED) & 1) << bit;
			anchors |= (now >> (56 + SHAPE_ANCHOR) & 1) << bit;
		}
		to->candidates[w] = candidates;
		to->zoned[w] = zoned;
		to->anchors[w] = anchors;
	}
}

/* Where a label may have ended before text[at, at + n): bit i of word w for at + 64 w + i. */
static inline void labels_fit(const struct label_filter *lf, const struct scan_job *job, size_t at,
			      size_t n, u64 *ends)
{
	for (size_t w = 0; w < (n + 63) / 64; w++) {
		ends[w] = 0;
		for (size_t i = 64 * w; i < n && i < 64 * w + 64; i++)
			ends[w] |= (u64)(at + i < 3 || label_tail(lf, job->text, at + i)) << i % 64;
	}
}

static inline const u8 *find_control(const u8 *p, const u8 *end, u8 c)
{
	while (p < end && *p >= ' ' && *p != c)
		p++;
	return p;
}

#endif
