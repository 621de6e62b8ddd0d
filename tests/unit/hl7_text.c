/* SPDX-License-Identifier: BSD-2-Clause */
#include "hl7_text.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct writer {
	u64 *seed;
	u8 *text;
	size_t n, cap;
	const char *marks; /* field, component, repetition, escape, subcomponent */
	const char *end;   /* of lines */
};

/* In a value a mark is written as in the commonest set, and replaced by the message's. */
static const char common[] = "|^~\\&";

static void put(struct writer *w, const char *text)
{
	for (; *text && w->n < w->cap; text++) {
		const char *mark = strchr(common, *text);

		w->text[w->n++] = (u8)(mark ? w->marks[mark - common] : *text);
	}
}

static const char *one_of(struct writer *w, const char *const *list, size_t n)
{
	return list[draw(w->seed, (u32)n)];
}

static const char *value(struct writer *w)
{
	static const char *const values[] = {
		"",
		"",
		"\"\"",
		"DOE^JANE^Q",
		"O\\T\\NEIL^ANN\\E\\B",
		"\\X4A414E45\\",
		"\\.br\\x\\.sp3\\y\\.zz9\\",
		"\\H\\BOLD\\N\\",
		"\\Zname\\",
		"\\M1A2B3C\\",
		"\\SMITH",
		"\\",
		"\\\\",
		"123456789^2^M10^HOSP^MR",
		"123456789^^^HOSP^MR~987-65-4321^^^SSA^SS",
		"A&B&C^D&E",
		"12 MAIN ST^APT 4^SPRINGFIELD^IL^62704",
		"(312)555-0142^PRN^PH~^NET^Internet^jane@example.org",
		"19530728",
		"M",
		"Jos\xc3\xa9^M\xfcller",
		"\xe6\x97\xa5\xe6\x9c\xac",
		"x\tz",
		"TX",
		"tx ",
		"FT",
		"ST",
		"ED",
		"NM",
		"TX^A",
		"123",
	};

	return one_of(w, values, array_size(values));
}

static const char *sentence(struct writer *w)
{
	static const char *const sentences[] = {
		"SSN 123-45-6789 given", "write jane@example.org~call 212-555-0123",
		"MRN: A1234567",         "seen 1970-01-15\\.br\\card 4111111111111111",
		"SSN\\S\\123-45-6789",   "000-12-3456 and 999-99-9999",
		"no value in here",      "^TEXT^PLAIN^from 10.2.0.1",
		"12345678901234567890",  "jos\xc3\xa9@ex\xc3\xa4mple.de",
	};

	return one_of(w, sentences, array_size(sentences));
}

static void line_end(struct writer *w)
{
	static const char *const more[] = {"", "", "", "\r", "\n", "\r\n"};

	put(w, w->end);
	/* Blank lines, where a segment may begin. */
	if (draw(w->seed, 20) == 0)
		put(w, one_of(w, more, array_size(more)));
}

static void head(struct writer *w, const char *name)
{
	static const char *const marks[] = {"|^~\\&", "|^~\\&", "|^~\\&",
					    "#@*!%",  "|$~\\&", "^|~\\&"};
	char first[16];
	u32 n = 1 + draw(w->seed, 5);

	w->marks = one_of(w, marks, array_size(marks));
	n = n == 1 || n == 2 ? n : 4;
	put(w, name);
	snprintf(first, sizeof(first), "|%.*s", (int)n, common + 1);
	put(w, first);
	if (draw(w->seed, 30))
		put(w, "|LAB|123-45-6789|EHR|CLINIC|20230728||ORU^R01|MSG00001|P|2.5");
	line_end(w);
}

static void segment(struct writer *w)
{
	static const char *const names[] = {"PID", "PID", "PID", "NK1", "GT1", "IN1", "PV1",
					    "ORC", "OBR", "ZZZ", "pid", "MRG", "EVN", "DSC"};
	static const char *const types[] = {"TX", "FT", "ST", "ED",  "NM",
					    "CE", "",   "tx", "TX ", "TX^X"};
	u32 shape = draw(w->seed, 10), fields = 1 + draw(w->seed, 24);

	if (shape < 3) {
		put(w, "OBX|1|");
		put(w, one_of(w, types, array_size(types)));
		put(w, "|NOTE||");
		put(w, sentence(w));
		put(w, draw(w->seed, 2) ? "|mg/dL|123-45-6789" : "");
	} else if (shape < 5) {
		put(w, "NTE|1||");
		put(w, sentence(w));
		if (draw(w->seed, 4) == 0)
			put(w, "|RE|212-555-0123");
	} else {
		put(w, one_of(w, names, array_size(names)));
		for (u32 i = 0; i < fields; i++) {
			put(w, "|");
			put(w, value(w));
		}
	}
	/* The other line end, inside a value. */
	if (w->end[1] == '\0' && draw(w->seed, 6) == 0) {
		put(w, w->end[0] == '\r' ? "\nmore " : "\rmore ");
		put(w, sentence(w));
	}
	line_end(w);
	while (draw(w->seed, 8) == 0) {
		/* The marker, by itself. */
		if (draw(w->seed, 4) == 0) {
			put(w, "ADD");
			line_end(w);
		}
		put(w, "ADD|");
		put(w, draw(w->seed, 2) ? value(w) : sentence(w));
		put(w, draw(w->seed, 2) ? "|" : "");
		put(w, value(w));
		line_end(w);
	}
}

size_t hl7_text(u64 *seed, bool framed, u8 *text, size_t cap)
{
	static const char *const ends[] = {"\r", "\r", "\r", "\n", "\r\n"};
	struct writer w = {.seed = seed, .text = text, .cap = cap - 8, .marks = common};
	u32 segments = draw(seed, 8), shape = draw(seed, 12);
	size_t whole;

	w.end = one_of(&w, ends, array_size(ends));
	if (framed)
		put(&w, "\x0b");
	if (framed && shape == 0) {
		put(&w, draw(seed, 2) ? "\x06" : "\x15");
	} else if (!framed || shape > 1) {
		if (shape == 2)
			head(&w, "FHS"), head(&w, "BHS");
		head(&w, "MSH");
		for (u32 i = 0; i <= segments; i++) {
			whole = w.n;
			segment(&w);
			if (w.n == w.cap)
				w.n = whole; /* there is no room for it */
		}
	}
	w.cap = cap;
	if (framed)
		put(&w, draw(seed, 9) ? "\x1c\r" : "\x1c");
	return w.n;
}

size_t hl7_text_mutate(u64 *seed, u8 *text, size_t len)
{
	static const char bytes[] = "|^~\\&\r\n\r\n\r\n\f\x0b\x1c\x1e\x06 APID0D1x\xc3\xa9#";
	u8 c = (u8)bytes[draw(seed, sizeof(bytes))]; /* with the NUL */
	size_t at = draw(seed, (u32)len), from;

	switch (draw(seed, 5)) {
	case 0:
		memmove(text + at, text + at + 1, len - at - 1);
		return len - 1;
	case 1:
		memmove(text + at + 1, text + at, len - at);
		text[at] = c;
		return len + 1;
	case 2:
		/* A byte of elsewhere in it. */
		from = draw(seed, (u32)len);
		text[at] = text[from];
		return len;
	default:
		text[at] = c;
		return len;
	}
}
