/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values as people write them in text, what only looks like one, and the templates they stand in.
 *
 *   "Call <phone> after <#2> days"  ─▶ "Call " | (212) 555-0143 | " after " | 12 | " days"
 */
#include "gen.h"
#include <stdio.h>
#include <string.h>

static const char *const month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static void make_ssn(struct rng *r, const struct person *p, char *out)
{
	const char between = "---. "[rng_below(r, 5)];

	strcpy(out, p->ssn);
	out[3] = out[6] = between;
}

static void make_ssn_bare(struct rng *r, const struct person *p, char *out)
{
	(void)r;
	sprintf(out, "%.3s%.2s%.4s", p->ssn, p->ssn + 4, p->ssn + 7);
}

static void make_mrn(struct rng *r, const struct person *p, char *out)
{
	(void)r;
	strcpy(out, p->mrn);
}

static void make_phone(struct rng *r, const struct person *p, char *out)
{
	static const char *const forms[] = {"%.3s-%.3s-%.4s",   "(%.3s) %.3s-%.4s",
					    "%.3s.%.3s.%.4s",   "+1 %.3s %.3s %.4s",
					    "1-%.3s-%.3s-%.4s", "%.3s %.3s %.4s"};
	const char *n = rng_one_in(r, 2) ? p->phone : p->work_phone;

	if (rng_one_in(r, 9)) { /* a London number kept for fiction */
		shape(r, " 44 20 7946 0###", out);
		out[0] = '+';
		return;
	}
	sprintf(out, rng_pick(r, forms), n, n + 3, n + 6);
}

static void make_email(struct rng *r, const struct person *p, char *out)
{
	(void)r;
	strcpy(out, p->email);
}

static void write_date(struct rng *r, struct day d, char *out)
{
	const char *m = month_names[d.month - 1];

	switch (rng_below(r, 8)) {
	case 0:
		sprintf(out, "%02u/%02u/%u", d.month, d.day, d.year);
		break;
	case 1:
		sprintf(out, "%u/%u/%02u", d.month, d.day, d.year % 100);
		break;
	case 2:
		sprintf(out, "%u%02u%02u", d.year, d.month, d.day);
		break;
	case 3:
		sprintf(out, "%u %s %u", d.day, m, d.year);
		break;
	case 4:
		sprintf(out, "%s %u, %u", m, d.day, d.year);
		break;
	case 5:
		sprintf(out, "%02u.%02u.%u", d.day, d.month, d.year);
		break;
	default:
		sprintf(out, "%u-%02u-%02u", d.year, d.month, d.day);
	}
}

static void make_dob(struct rng *r, const struct person *p, char *out)
{
	write_date(r, p->birth, out);
}

static void make_date(struct rng *r, const struct person *p, char *out)
{
	(void)p;
	write_date(r, day_make(r, 2021, 2026), out);
}

static void make_iso_date(struct rng *r, const struct person *p, char *out)
{
	const struct day d = day_make(r, 2021, 2026);

	(void)p;
	sprintf(out, "%u-%02u-%02u", d.year, d.month, d.day);
}

static void make_iso_dob(struct rng *r, const struct person *p, char *out)
{
	(void)r;
	sprintf(out, "%u-%02u-%02u", p->birth.year, p->birth.month, p->birth.day);
}

/* The last digit makes the sum of Luhn's formula end in 0, or with `off` in something else. */
static void luhn_close(char *digits, u32 off)
{
	size_t n = strlen(digits);
	u32 sum = 0, d;

	for (size_t i = 0; i + 1 < n; i++) {
		d = (u32)(digits[n - 2 - i] - '0') * (i % 2 ? 1 : 2);
		sum += d > 9 ? d - 9 : d;
	}
	digits[n - 1] = (char)('0' + (20 - sum % 10 + off) % 10);
}

/* No group begins with 0: "0082 3126 4930" is an international telephone number. */
static void card(struct rng *r, char *out, u32 off)
{
	static const char *const shapes[] = {"4###*###*###*###", "52##*###*###*###",
					     "34#############", "6011*###*###*###"};
	char d[20];

	shape(r, rng_pick(r, shapes), d);
	luhn_close(d, off);
	if (strlen(d) == 16 && rng_one_in(r, 2)) {
		const char c = " -"[rng_below(r, 2)];

		sprintf(out, "%.4s%c%.4s%c%.4s%c%.4s", d, c, d + 4, c, d + 8, c, d + 12);
	} else {
		strcpy(out, d);
	}
}

static void make_card(struct rng *r, const struct person *p, char *out)
{
	(void)p;
	card(r, out, 0);
}

static void make_card_wrong(struct rng *r, const struct person *p, char *out)
{
	(void)p;
	card(r, out, rng_range(r, 1, 9));
}

static void make_npi(struct rng *r, const struct person *p, char *out)
{
	(void)p;
	npi_make(r, out);
}

static void make_npi_wrong(struct rng *r, const struct person *p, char *out)
{
	(void)p;
	npi_make(r, out);
	out[9] = (char)('0' + ((u32)(out[9] - '0') + rng_range(r, 1, 9)) % 10);
}

/* Of the networks kept for documentation (RFC 5737), and private ones. */
static void make_ip(struct rng *r, const struct person *p, char *out)
{
	static const char *const nets[] = {"192.0.2.%u", "198.51.100.%u", "203.0.113.%u",
					   "10.20.30.%u"};
	const char *net = rng_pick(r, nets);

	(void)p;
	sprintf(out, net, rng_range(r, 1, 254));
}

static void make_zip(struct rng *r, const struct person *p, char *out)
{
	(void)r;
	strcpy(out, p->zip);
}

static void make_state(struct rng *r, const struct person *p, char *out)
{
	(void)r;
	strcpy(out, p->state);
}

static void make_name(struct rng *r, const struct person *p, char *out)
{
	(void)r;
	sprintf(out, "%s %s", p->given, p->family);
}

static void make_street(struct rng *r, const struct person *p, char *out)
{
	(void)r;
	strcpy(out, p->street);
}

static void make_place(struct rng *r, const struct person *p, char *out)
{
	(void)r;
	sprintf(out, "%s, %s %s", p->city, p->state, p->zip);
}

static void make_city(struct rng *r, const struct person *p, char *out)
{
	(void)r;
	strcpy(out, p->city);
}

/* --- what only looks like a value; no 900 to 999 is an ITIN either --- */

static void make_ssn_never(struct rng *r, const struct person *p, char *out)
{
	static const char *const shapes[] = {"000-##-####", "666-##-####", "9##-4#-####",
					     "1##-00-####", "5##-##-0000"};

	(void)p;
	shape(r, rng_pick(r, shapes), out);
}

static void make_date_never(struct rng *r, const struct person *p, char *out)
{
	static const char *const shapes[] = {"202#-02-3*", "202#-13-0*",  "202#/06/31",
					     "02/30/202#", "4*/0*/202#",  "11.31.202#",
					     "202#0231",   "202#09311#30"};

	(void)p;
	shape(r, rng_pick(r, shapes), out);
}

static void make_ip_never(struct rng *r, const struct person *p, char *out)
{
	static const char *const shapes[] = {"3##.1#.2#.*", "10.6##.1#.*", "172.16.9##.1#",
					     "192.1#.*.4##"};

	(void)p;
	shape(r, rng_pick(r, shapes), out);
}

static void make_time(struct rng *r, const struct person *p, char *out)
{
	const u32 t = rng_below(r, 86400000);

	(void)p;
	sprintf(out, "%02u:%02u:%02u.%03u", t / 3600000, t / 60000 % 60, t / 1000 % 60, t % 1000);
}

static const struct value_kind kinds[] = {
	{"ssn", "ssn", true, make_ssn},
	{"ssn9", "ssn", true, make_ssn_bare},
	{"mrn", "mrn", true, make_mrn},
	{"phone", "phone", true, make_phone},
	{"email", "email", true, make_email},
	{"dob", "date", true, make_dob},
	{"date", "date", true, make_date},
	{"iso-date", "date", true, make_iso_date},
	{"iso-dob", "date", true, make_iso_dob},
	{"card", "card", true, make_card},
	{"npi", "npi", true, make_npi},
	{"ip", "ipv4", true, make_ip},
	{"zip", "zip", true, make_zip},
	{"name", "name", false, make_name},
	{"street", "street", true, make_street},
	{"place", "city", true, make_place},
	{"city", "address", false, make_city},
	{"state", NULL, false, make_state},
	{"order", NULL, false, make_npi},
	{"ssn-never", NULL, false, make_ssn_never},
	{"card-wrong", NULL, false, make_card_wrong},
	{"npi-wrong", NULL, false, make_npi_wrong},
	{"date-never", NULL, false, make_date_never},
	{"ip-never", NULL, false, make_ip_never},
	{"time", NULL, false, make_time},
};

static const struct value_kind *kind_find(const char *name, size_t len)
{
	for (size_t i = 0; i < array_size(kinds); i++)
		if (strlen(kinds[i].name) == len && !memcmp(kinds[i].name, name, len))
			return &kinds[i];
	die("a template names <%.*s>", (int)len, name);
}

/* One of "a|b|c". */
static void choose(const char *list, size_t len, struct rng *r, struct sink *s)
{
	const char *end = list + len, *bar;
	u32 n = 1, chosen;

	for (size_t i = 0; i < len; i++)
		n += list[i] == '|';
	for (chosen = rng_below(r, n); chosen; chosen--)
		list = (const char *)memchr(list, '|', (size_t)(end - list)) + 1;
	bar = memchr(list, '|', (size_t)(end - list));
	s->put(s, NULL, list, (size_t)((bar ? bar : end) - list));
}

/*
 * "#": digits, the first not 0. "x": hexadecimal digits without e: "5dec" and "12feb" are days; every fourth is
 * a letter, else some would be a number, and some numbers a date or a card. "w": letters that make no word.
 */
static void letters_or_digits(char kind, u32 n, struct rng *r, struct sink *s)
{
	static const char hex[] = "abcdf0123456789", letters[] = "ghklmnpqrstvwxz";
	char out[VALUE_MAX];

	for (u32 i = 0; i < n; i++)
		out[i] = kind == '#'   ? (char)((i ? '0' : '1') + rng_below(r, i ? 10 : 9))
			 : kind == 'x' ? hex[rng_below(r, i % 4 ? 15 : 5)]
				       : letters[rng_below(r, 15)];
	s->put(s, NULL, out, n);
}

static void expand_one(const char *name, size_t len, struct rng *r, const struct person *p,
		       struct sink *s)
{
	const struct value_kind *k;
	char out[VALUE_MAX];
	unsigned int n;

	if (memchr(name, '|', len)) {
		choose(name, len, r, s);
	} else if (strchr("#xw", name[0]) && sscanf(name + 1, "%2u", &n) == 1) {
		letters_or_digits(name[0], n, r, s);
	} else {
		k = kind_find(name, len);
		k->make(r, p, out);
		s->put(s, k, out, strlen(out));
	}
}

void expand(const char *template, struct rng *r, const struct person *p, struct sink *s)
{
	const char *open, *close;

	for (; (open = strchr(template, '<')) != NULL; template = close + 1) {
		close = strchr(open, '>');
		if (!close)
			die("a template has < without >");
		s->put(s, NULL, template, (size_t)(open - template));
		expand_one(open + 1, (size_t)(close - open - 1), r, p, s);
	}
	s->put(s, NULL, template, strlen(template));
}

struct buf_sink {
	struct sink sink;
	struct buf *b;
};

static void buf_sink_put(struct sink *s, const struct value_kind *k, const char *text, size_t len)
{
	(void)k;
	buf_put(((struct buf_sink *)s)->b, text, len);
}

void expand_buf(const char *template, struct rng *r, const struct person *p, struct buf *b)
{
	struct buf_sink s = {{buf_sink_put}, b};

	expand(template, r, p, &s.sink);
}
