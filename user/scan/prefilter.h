/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The prefilter: which places of a text are worth a look, decided for many bytes at a time.
 * README.md beside this file tells how.
 *
 * A shape is a row of byte sets for places that follow each other:
 *
 *     place      0         1       2       3 ... SHAPE_DEPTH - 1
 *            before the  first   second
 *             match      byte    byte
 *
 * All forms of a ruleset are gathered under SHAPES shapes; shape s is bit s % 8 of a byte of bank
 * s / 8. Where the bytes fit a shape there is a candidate. Some are of another kind: one is that of
 * all forms that need a label. The place 1 of the shapes of anchors is a byte that their forms
 * cannot do without (an '@'), and a match begins there or before.
 */
#ifndef SCAN_PREFILTER_H
#define SCAN_PREFILTER_H

#include <scrim/rules.h>
#include <string.h>

#define FILTER_DEPTH  12 /* bytes of a match whose sets are known; see struct group */
#define GROUP_FORMS   64
#define GROUPS_MAX    (RULE_MAX * RULE_MAX_FORMS / GROUP_FORMS)
#define DIGIT_PATTERN 12 /* bytes, of which it is asked whether they are digits */
#define PATTERN_WORDS ((1 << DIGIT_PATTERN) / 64)
#define RUN_MAX       7 /* digits at the begin of a match behind which one looks */
#define BANKS         6 /* of eight shapes; an ISA may use fewer */
#define SHAPES        (8 * BANKS)
#define SHAPE_DEPTH   10
#define NEAR_DEPTH    8 /* places that narrower vectors look at */
#define SHAPE_ZONED   3 /* of all forms that need a label */
#define SHAPE_ANCHOR  4 /* from here on */
#define ANCHOR_SHAPES 4
#define BANK0_PLAIN   ((1 << SHAPE_ZONED) - 1) /* the plain shapes of the first bank */
#define BANK0_ZONED   (1 << SHAPE_ZONED)
#define BANK0_ANCHOR  (0xff & ~0U << SHAPE_ANCHOR)
#define ANCHORS       8 /* different ones: the first have a shape each, the others share the last */

#define CLASSES     64 /* of bytes, at most */
#define CLASSES_CUT 16 /* at most, for class_low[] and so on */

/* Bits, or bytes that are 0 or 1, a block at a time: which sanitizers, too, look at once for all. */
typedef u64 bits_block __attribute__((vector_size(64)));

/* What x or y has. */
static inline void block_either(const void *x, const void *y, bits_block *ret_block)
{
	bits_block other;

	memcpy(ret_block, x, sizeof(*ret_block));
	memcpy(&other, y, sizeof(other));
	*ret_block |= other;
}

/* to |= from, `n` bytes, whole blocks. */
static inline void bytes_join(void *to, const void *from, size_t n)
{
	for (size_t i = 0; i < n; i += sizeof(bits_block)) {
		bits_block x;

		block_either((u8 *)to + i, (const u8 *)from + i, &x);
		memcpy((u8 *)to + i, &x, sizeof(x));
	}
}

struct shape {
	bool at[SHAPE_DEPTH][256];
};

/* Where a byte of `is` stands, a match may begin there, or at a `prefix` byte before it. */
struct anchor {
	bool is[256];
	bool prefix[256];
	u16 least, back; /* it begins at least, and at most, that many bytes before */
};

/* Common text, some prints of one page. Shapes are weighed with it; see sample.c. */
#define PAGE_PLACES   3968
#define PAGE_WORDS    (PAGE_PLACES / 64)
#define PRINTS        4
#define SAMPLE_PLACES (PRINTS * PAGE_PLACES)
#define SAMPLE_WORDS  (PRINTS * PAGE_WORDS)
#define PRINT_WORDS   (PAGE_WORDS + 2) /* with what follows the last place, in whole blocks */
#define KNOWN_SETS    64
struct known_set {
	bool set[256];
	u64 places[PRINTS * PRINT_WORDS]; /* a bit where a byte of it stands */
};
struct pages {
	u8 text[PRINTS][PAGE_PLACES + SHAPE_DEPTH];
	bool has[256];
	u64 places[256][PRINTS * PRINT_WORDS]; /* by byte: a bit where it stands */
	struct known_set known[KNOWN_SETS];    /* by hash: the last one */
};
void pages_print(struct pages *ret_pages);

/* A bit for each place of the pages: whether its byte k fits place k of a shape. */
struct sample {
	u64 at[SHAPE_DEPTH][SAMPLE_WORDS];
};
void sample_take(struct pages *pages, const struct shape *sh, struct sample *ret_sample);
void sample_join(struct sample *s, const struct sample *other);

/* Adds byte c to place k. */
void sample_add(const struct pages *pages, u8 c, int k, struct sample *s);

/* At how many places what fits x or y at each place is found, near misses counting a little. */
float sample_count(const struct sample *x, const struct sample *y);

/* The same for what an anchor marks, which is dearer than what a shape finds. */
float anchor_count(const struct pages *pages, const struct anchor *a, const struct shape *around);

/* Where the first print has a byte of the set `back` bytes before, at most 63: a bit for each place. */
void sample_set(const struct pages *pages, const bool set[256], size_t back,
		u64 ret_bits[PAGE_WORDS]);

struct prefilter {
	u8 fits[BANKS][SHAPE_DEPTH]
	       [256];         /* by place and byte: bit s if it fits shape s of the bank */
	u64 near[BANKS][256]; /* the near places by byte: byte i for place i */
	u8 class[256]; /* by byte: below `wild`; control bytes share one, those over 0x7f too */
	u8 wild;       /* what is not there yet: fits everything */
	/* By place and class: bit s. */
	_Alignas(CLASSES) u8 fits_class[BANKS][SHAPE_DEPTH][CLASSES];
	/*
	 * Where classes are few, by place and the lower half of a byte: bit s if none with that
	 * half fits.
	 */
	u8 not_low[BANKS][SHAPE_DEPTH][16];
	/*
	 * class[] cut for shuffles of sixteen bytes, if there are at most CLASSES_CUT. Row h: the
	 * bytes 16 h to 16 h + 15. By lower half: classes of rows 2i + 2 (low four bits) and
	 * 2i + 3 (high); by upper half: which of both it is; by upper half: the class where the
	 * row has only one.
	 */
	u8 class_low[3][16], class_high[3][16], class_rows[16];
	/*
	 * By byte, a bit for an anchor: that it is one; that it may stand before one, in a match;
	 * that it may begin such a match; that it may stand before that.
	 */
	u8 is_anchor[256], prefix[256], first[256], before[256];
	u16 least[ANCHORS], most[ANCHORS]; /* bytes of a match before its anchor */
	u16 nanchors;
	u16 back;   /* the longest of theirs */
	u8 banks;   /* the first ones, behind which all but the last have no shape */
	bool quick; /* the last one has shapes of forms with a quick way */
};

/*
 * Where labels may end: never between two letters. For vectors: the labels on heaps,
 * fits[h / 8][k][c] having bit h % 8 if c may stand at place k + 1 of heap h (label_index_tail());
 * control bytes are alike, and so are those over 0x7f. Closer, for a single place: a bit for the hash
 * of its last six bytes, each by its lower five bits, the last by six (which tells capitals), in each way that they may be
 * written; shorter labels have one for that of four or three. All three are in the row of the last three bytes, a line of the
 * cache.
 */
#define HEAP_PLACES (LABEL_PLACES - 1)
#define HEAP_BANKS  4
#define TAIL_BYTES  8 /* that label_tail() reads */
#define TAIL_SIX    0x3f1f1f1f1f1f0000ULL
#define TAIL_FOUR   0x3f1f1f1f00000000ULL
#define TAIL_THREE  0x3f1f1f0000000000ULL
#define TAIL_ROWS   10 /* bits of their number */
struct label_filter {
	u8 banks; /* that have heaps */
	u8 fits[HEAP_BANKS][HEAP_PLACES][256];
	u8 class[256]; /* by byte, for fits_class */
	/* By class. */
	_Alignas(CLASSES) u8 fits_class[HEAP_BANKS][HEAP_PLACES][CLASSES];
	/* By each half of a byte: what fits both may fit. */
	u8 low[HEAP_BANKS][HEAP_PLACES][16], high[HEAP_BANKS][HEAP_PLACES][16];
	_Alignas(64) u64 tails[1 << TAIL_ROWS][8];
};

/*
 *   pages   what the labels are weighed with
 *   banks   of eight heaps, as many as are looked at
 *   halves  bytes will be known by their halves
 * Returns 0, -ENOMEM.
 */
int label_filter_build(struct label_filter *lf, const struct label_index *x,
		       const struct pages *pages, size_t banks, bool halves);

/* As labels see it: of ASCII, or over 0x7f, but for c2 and e2, which begin a Unicode space or dash. */
static inline bool is_letter(u8 c)
{
	return (u8)((c | 0x20) - 'a') < 26 || (c >= 0x80 && (c | 0x20) != 0xe2);
}

#define TAIL_FACTOR 0x9e3779b97f4a7c15ULL

/* Of a place whose last bytes are `tail`. */
static inline size_t tail_row(u64 tail)
{
	return (tail & TAIL_THREE) * TAIL_FACTOR >> (64 - TAIL_ROWS);
}

/* Which of a row's bits some of them have. */
static inline size_t tail_bit(u64 tail)
{
	return tail * TAIL_FACTOR >> (55 - TAIL_ROWS) & 511;
}

static inline u64 tail_has(const u64 row[8], u64 tail)
{
	size_t bit = tail_bit(tail);

	return row[bit / 64] >> bit % 64;
}

/* Whether a label may end before text[end], as far as its last bytes tell; end >= TAIL_BYTES. */
static inline bool label_tail(const struct label_filter *lf, const u8 *text, size_t end)
{
	const u64 *row;
	u64 tail;

	memcpy(&tail, text + end - sizeof(tail), sizeof(tail));
	row = lf->tails[tail_row(tail)];
	return (tail_has(row, tail & TAIL_SIX) | tail_has(row, tail & TAIL_FOUR) |
		tail_has(row, tail & TAIL_THREE)) &
	       1;
}

/* What stands before a match of a form ([1]: and a digit before that), and at its bytes. */
struct form_sets {
	bool before[2][256];
	bool at[FILTER_DEPTH][256];
	u64 digits[PATTERN_WORDS]; /* a bit for each pattern of digits that it can begin with */
	/*
	 * What stands behind those digits (true for digits), and behind that when there are fewer
	 * than RUN_MAX.
	 */
	bool behind_run[2][256];
};

/* Derives f's sets from its automaton and its guards. Returns 0, -ENOMEM. */
int form_sets(const struct form *f, struct form_sets *ret_sets);

/*
 * Which patterns of digits a match and what follows can begin with: bit k of a pattern for byte k.
 * Returns 0, -ENOMEM.
 */
int form_digit_patterns(const struct form *f, u64 ret_patterns[PATTERN_WORDS]);

/*
 * The same from states of the automaton (nstates flags, changed): sets[0, n) are what follows.
 * A form's sets hold what may follow its end, too. Returns 0, -ENOMEM.
 */
int form_sets_from(const struct form *f, bool *states, bool (*sets)[256], size_t n);

/*
 * Finds bytes one of which f cannot do without.
 *   ret_shape  what stands around it: place 1 is the byte itself
 * Returns 1, or 0 if there is none, -ENOMEM.
 */
int form_anchor(const struct form *f, const struct pages *pages, struct anchor *ret_anchor,
		struct shape *ret_shape);

#define PIECES 24

/*
 * Takes f apart into at most PIECES shapes: what begins with one digit, with two... Every match
 * fits one of them. Returns how many, or -ENOMEM.
 *   before  the first place of all of them
 */
int form_pieces(const struct form *f, const bool before[256], struct shape ret_shapes[PIECES]);

/*
 * Gathers forms under shapes: add each, then finish. A builder is some 5 MiB, zeroed, of which a few rules
 * use little.
 */
#define GATHERED  96 /* shapes at a time, while forms are added */
#define QUICK_MAX 8  /* shapes of quick forms in the end, a bank of their own */
struct gathered {
	struct shape shape;
	struct sample sample;  /* what it finds */
	u64 forms[GROUPS_MAX]; /* which are under it */
	u16 ngroups;           /* of which only these words say something */
	bool quick;            /* of quick forms: never put together with others */
	float count, cost;     /* sample_count(), and what that costs */
	unsigned int place;    /* of all shapes, once finished */
};

struct prefilter_builder {
	size_t n, nquick;      /* shapes, and how many of them are quick */
	size_t max, max_quick; /* how many may stay that are not, that are */
	struct gathered shapes[GATHERED + 1];
	float loss[GATHERED + 1][GATHERED + 1];   /* what two cost more when put together: that */
	bool weighed[GATHERED + 1][GATHERED + 1]; /* if their samples were compared, or more */
	/* Of the shapes behind each, that with which it loses least; 0: none. */
	size_t nearest[GATHERED + 1];
	struct gathered pieces[GATHERED + 1]; /* what the last of them are put together from */
	size_t npieces, of[GATHERED + 1];     /* and which of them each is in */
	struct sample at_hand[PIECES];        /* what the pieces of a form find */
	struct pages pages;
	struct shape anchored[ANCHOR_SHAPES], zoned;
	struct prefilter *pf;
};

/*
 *   index  f's number, for gathered.forms
 *   zoned  f is asked only behind a label
 * Returns 1 if f will be found by its anchor, 0 if by its begin; -ENOMEM.
 */
int prefilter_add(struct prefilter_builder *b, const struct form *f, u16 index,
		  const struct form_sets *sets, bool zoned);

/*
 * Gives each shape its place: the quick ones are the last bank of `max_quick`, if that is not 0.
 *   classes  CLASSES or CLASSES_CUT
 * Returns 0, -ENOMEM.
 */
int prefilter_finish(struct prefilter_builder *b, unsigned int classes);

void shape_join(struct shape *sh, const struct shape *other);
void forms_join(struct gathered *g, const struct gathered *other);

/* Sets what g costs, from what it finds and its forms. */
void gathered_weigh(struct gathered *g);

/* What g and other would cost as one that finds `count`. */
float gathered_cost(const struct gathered *g, const struct gathered *other, float count);

/* Moves pieces to other shapes as long as all together become cheaper; see shape_moves.c. */
void shapes_move(struct prefilter_builder *b);

/*
 * Chooses classes for pf->fits, at most n with the wild one, such that the shapes lose least. Returns 0,
 * -ENOMEM.
 */
int classes_choose(struct prefilter *pf, const struct pages *pages, unsigned int n);

/* Kinds of bytes: numbers come in runs and words in runs. */
enum byte_kind { KIND_DIGIT, KIND_LETTER, KIND_OTHER, BYTE_KINDS };
static inline enum byte_kind byte_kind(u8 c)
{
	if (c >= '0' && c <= '9')
		return KIND_DIGIT;
	return (c | 0x20) >= 'a' && ((c | 0x20) <= 'z' || c >= 0x80) ? KIND_LETTER : KIND_OTHER;
}

/* What of a set's bytes a text has, by kind, in parts of 1. Shapes are weighed with it. */
struct mass {
	float of[BYTE_KINDS];
};
void mass_add(struct mass *m, u8 c);
static inline void mass_sum(struct mass *m, const struct mass *other)
{
	for (int kind = 0; kind < BYTE_KINDS; kind++)
		m->of[kind] += other->of[kind];
}

/* Without an instruction for it, the compiler's own is a call. */
static inline unsigned int bits_in(u64 x)
{
	x -= x >> 1 & 0x5555555555555555;
	x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
	return (unsigned int)(x * 0x0101010101010101 >> 56);
}

/* How often bytes of these sets follow each other in text, times per byte: an estimate. */
float masses_rate(const struct mass *at, int depth);

#endif
