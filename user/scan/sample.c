/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A page of what scrim reads, to weigh shapes with: a shape is as dear as the places are many where it
 * fits this page. Only speed depends on it: what is found in a text does not.
 *
 *    place 1 of the shape    ...100001000...     a bit for a byte of the page: in the set?
 *    place 2                 ...000011000...     the same, moved on by one
 *    all of them, ANDed      ...000001000...     there it fits
 */
#include "prefilter.h"
#include <string.h>

static const char page[] =
	"2024-03-09 14:05:31.207 INFO  gateway[2113]: session 7fa4c01b from 10.4.0.17 opened\n"
	"2024-03-09T14:05:31.482Z lab-in WARN 192.168.7.40 GET /api/v2/orders/81f3 status=404 "
	"31ms\n"
	"14:05:32.019 DEBUG pool: heap 1893 MiB, pause 4.210 ms, survivors 12 %, 73 waiting\n"
	"08:17:44.630 ERROR store: volume b41 failed after 3 tries, code=0x7f21, left 45120 bytes\n"
	"Mar  9 14:05:33 host7 sshd[918]: Failed password for root from 10.4.2.9 port 51812 ssh2\n"
	"[09/Mar/2024:14:05:34 +0000] \"POST /fhir/Patient HTTP/1.1\" 201 5312 \"-\" "
	"\"curl/7.88.1\"\n"
	"ts=1709993135.218 level=warn msg=\"retry 2/5\" peer=10.4.0.31:6661 took=12.9ms q=17/81\n"
	"14:06:01.114 INFO dictation: job a71ce09d done, 412 words, confidence 0.93, room 4-112\n"
	"20:31:09.778 NOTICE audit: role NURSE opened worklist 5d0e77c2, 64 rows, filter "
	"\"acute\"\n"
	"MSH|^~\\&|LAB|MAIN|EHR|MAIN|20240309140536||ORU^R01|M000181|P|2.5.1\r"
	"PID|1||00418827^^^MAIN^MR||Farrow^Helen^M||19610412|F|||12 Orchard St^^Easton^OH^44701"
	"||(330)555-0142|||M|||219-09-9999\r"
	"PV1|1|I|W3^214^1||||1538210044^Okafor^P|||MED||||7|||||V1004417|||||||||||||"
	"20240308091500\r"
	"OBR|1|A7731|L20991|24323-8^Metabolic panel^LN|||20240309081200|||||||||||||||||F\r"
	"OBX|1|NM|2345-7^Glucose^LN||97|mg/dL|70-99|N|||F|||20240309131100\r"
	"OBX|2|TX|18842-5^Note^LN||Seen on 3/8/24, called 330-555-0199, MRN 418827. BP 128/82, "
	"98.6 F\r"
	"NTE|1|L|Moved from 12 Orchard St, Easton, OH 44701; write to h.farrow@mail.example.org\r\n"
	"{\"resourceType\":\"Observation\",\"id\":\"c07be41f\",\"status\":\"final\",\"code\":{"
	"\"coding\":"
	"[{\"system\":\"http://loinc.org\",\"code\":\"2345-7\"}]},\"effectiveDateTime\":"
	"\"2024-03-09T13:11:00Z\",\"valueQuantity\":{\"value\":97,\"unit\":\"mg/dL\"}}\n"
	"{\"resourceType\":\"Patient\",\"id\":\"b560\",\"identifier\":[{\"type\":\"MRN\",\"value\":"
	"\"00418827\"}],\"name\":[{\"text\":\"Helen Farrow\"}],\"telecom\":[{\"value\":\"(330) "
	"555-0142\"}]}\n"
	"{\"event\":\"claim\",\"amount\":184.50,\"npi\":\"1538210044\",\"card\":\"4111 1111 1111 "
	"1111\"}\n"
	"1001,2024-03-09,ADM,44701,E11.9,\"250.00\",0.85,true,17;1002,2024-03-10,DIS,44702,I10,,1."
	"2\n"
	"ISA*00*          *00*          *ZZ*CLINIC1        *ZZ*PAYER7         "
	"*240309*1405*^*00501~\n"
	"CLM*A37YH556*500***11:B:1*Y*A*Y*I*P~DTP*472*D8*20240306~SV1*HC:99213*40*UN*1***1~\n"
	"The patient is a 62-year-old woman with a 3 day history of cough and fever to 101.2. She "
	"takes\n"
	"lisinopril 10 mg daily and metformin 500 mg twice a day. No known drug allergies. On exam "
	"she\n"
	"was alert, pulse 88, respirations 16, pressure 128/82. Chest X-ray of 4 March showed no "
	"change.\n"
	"Plan: CBC, BMP, return in 2-3 weeks or call Dr. Okafor. Discussed with family, agreed. In "
	"2019 a\n"
	"similar episode resolved within 10 days. Labs: Na 139, K 4.1, Cl 102, WBC 7.9, Hgb 13.4, "
	"Plt 220\n"
	"2024-03-09 14:07:12,655 [main-3] DEBUG c.e.Router - route id "
	"5f3c9a71-0b2e-4c1d-9e77-1a2b3c4d5e6f\n"
	"Mar 10 02:14:07 host7 kernel: [181207.331942] eth1: link up, 1000 Mbps, full duplex, mtu "
	"1500\n"
	"10.4.0.17 - - [10/Mar/2024:02:14:09 +0100] \"GET /img/a1.png HTTP/2.0\" 304 0 12 "
	"\"Mozilla/5.0 "
	"(X11; Linux x86_64) AppleWebKit/537.36 Chrome/122.0.6261.94 Safari/537.36\"\n"
	"level=info ts=2024-03-10T02:14:10.044Z caller=wal.go:214 msg=\"segment 00000312 written\" "
	"dur=1.2s size=16.4MiB crc=9bd1e0aa offset=130023424\n"
	"at org.example.hl7.Parser.read(Parser.java:118) ~[hl7-core-2.3.1.jar:2.3.1]\n"
	"02:14:11.918 WARN  scheduler: 14 jobs late by 30-45 s, next run 02:20:00, load 0.71 0.65 "
	"0.60\n"
	"cpu0 12% cpu1 9% mem 3921/7820 MB disk /dev/sda1 81% swap 0 rx 184201 B/s tx 90212 B/s t "
	"41.5C\n"
	"trace=4bf92f3577b34da6a3ce929d0e0e4736 span=00f067aa0ba902b7 parent=- flags=01 v1.18.2 "
	"r4471\n"
	"02:15:40.006 INFO  interface-engine: channel adt-out thread 12 sent ADT^A08 segments=14 "
	"bytes=2210\n"
	"14:09:02.551 INFO  batch: 273 requests, 1807 records, 96 retries, 35 messages in 412 ms, "
	"9 late\n"
	"status=200 bytes=2607 42ms\nstatus=304 bytes=618 7ms\nspo2=96 resp=17 temp=36.8 pulse=71\n"
	"14:09:03.087 WARN  pacs: 850 images of 12 studies moved, 3 severe, 1 moderate; 2 "
	"replicas, hit=99.4\n"
	"14:09:05.718 DEBUG cache=terms hits=81304 miss=118 load 8293 KiB, 64 entries, idle 281 s, "
	"pool 63/26\n"
	"queue=results depth=118 oldest=4.8s consumers=6 acked=99.97% retries=0 batch 37 of 52, "
	"page 2/9\n";

#define BLOCK_WORDS (sizeof(bits_block) / sizeof(u64))

_Static_assert(SAMPLE_WORDS % BLOCK_WORDS == 0 && PRINT_WORDS % BLOCK_WORDS == 0, "whole blocks");
_Static_assert(8 * SAMPLE_WORDS / BLOCK_WORDS <= UINT8_MAX, "sums of bits fit a byte");
_Static_assert(sizeof(page) > PAGE_PLACES + SHAPE_DEPTH, "the page is shorter than said");

/*
 * In all prints but the first there are other numbers and other words, in the same places: one page has
 * too few of them to say how often a number begins with 9, a word with Ma.
 */
static u8 printed(unsigned int n, unsigned int i)
{
	static const char often[] = "etaoinsrhldcumfpgwybvketaoinsrte";
	u32 drawn = (i * 2654435761u + n * 40503u) >> 7;
	u8 c = (u8)page[i];

	if (n && byte_kind(c) == KIND_DIGIT)
		return (u8)('0' + drawn % 10);
	if (n && c >= 'a' && c <= 'z')
		return (u8)often[drawn % 32];
	return c;
}

void pages_print(struct pages *ret_pages)
{
	memset(ret_pages, 0, sizeof(*ret_pages));
	for (u32 n = 0; n < PRINTS; n++) {
		for (u32 i = 0; i < sizeof(ret_pages->text[0]); i++) {
			u8 c = printed(n, i);

			ret_pages->text[n][i] = c;
			ret_pages->has[c] = true;
			ret_pages->places[c][n * PRINT_WORDS + i / 64] |= 1ULL << i % 64;
		}
	}
}

/*
 * Where the first prints, n words of them, have a byte of the set. The fewer bytes are looked at: those
 * in it, or those not.
 */
static void places_of(const struct pages *pages, const bool set[256], size_t n, u64 *ret_places)
{
	unsigned int in = 0, all = 0;
	bool less;

	for (unsigned int c = 0; c < 256; c++) {
		in += pages->has[c] & set[c];
		all += pages->has[c];
	}
	less = in <= all / 2;
	memset(ret_places, 0, n * sizeof(*ret_places));
	for (unsigned int c = 0; c < 256; c++)
		if (pages->has[c] && set[c] == less)
			bytes_join(ret_places, pages->places[c], n * sizeof(*ret_places));
	for (size_t w = 0; !less && w < n; w++)
		ret_places[w] = ~ret_places[w];
}

/* The same for all prints, which is kept: forms have few different sets. */
static const u64 *known_places(struct pages *pages, const bool set[256])
{
	struct known_set *known;
	u64 hash = 0, eight;

	for (size_t i = 0; i < 256; i += sizeof(eight)) {
		memcpy(&eight, set + i, sizeof(eight));
		hash = (hash ^ eight) * 0x9e3779b97f4a7c15;
		hash ^= hash >> 29;
	}
	known = &pages->known[hash % KNOWN_SETS];
	if (memcmp(known->set, set, sizeof(known->set)) != 0) {
		memcpy(known->set, set, sizeof(known->set));
		places_of(pages, set, PRINTS * PRINT_WORDS, known->places);
	}
	return known->places;
}

void sample_take(struct pages *pages, const struct shape *sh, struct sample *ret_sample)
{
	for (unsigned int k = 0; k < SHAPE_DEPTH; k++) {
		const u64 *places = known_places(pages, sh->at[k]);

		for (size_t w = 0; w < SAMPLE_WORDS; w++) {
			const u64 *at = &places[w / PAGE_WORDS * PRINT_WORDS + w % PAGE_WORDS];

			ret_sample->at[k][w] = at[0] >> k | (k ? at[1] << (64 - k) : 0);
		}
	}
}

void sample_add(const struct pages *pages, u8 c, int k, struct sample *s)
{
	for (size_t n = 0; pages->has[c] && n < PRINTS; n++) {
		const u64 *at = &pages->places[c][n * PRINT_WORDS];

		for (size_t w = 0; w < PAGE_WORDS; w++)
			s->at[k][n * PAGE_WORDS + w] |=
				at[w] >> k | (k ? at[w + 1] << (64 - k) : 0);
	}
}

void sample_join(struct sample *s, const struct sample *other)
{
	bytes_join(s, other, sizeof(*s));
}

/* Adds to each byte of *sum how many bits it has in x. */
static void add_bits(const bits_block *x, bits_block *sum)
{
	bits_block n = *x - (*x >> 1 & 0x5555555555555555);

	n = (n & 0x3333333333333333) + (n >> 2 & 0x3333333333333333);
	*sum += (n + (n >> 4)) & 0x0f0f0f0f0f0f0f0f;
}

/* The sum of all bytes. */
static unsigned int sum_of(const bits_block *bytes)
{
	const u64 even = 0x00ff00ff00ff00ff;
	u64 sum = 0;

	for (size_t w = 0; w < BLOCK_WORDS; w++)
		sum += ((*bytes)[w] & even) + ((*bytes)[w] >> 8 & even);
	return (unsigned int)(sum * 0x0001000100010001 >> 48);
}

static bool is_empty(const bits_block *x)
{
	u64 any = 0;

	for (size_t w = 0; w < BLOCK_WORDS; w++)
		any |= (*x)[w];
	return !any;
}

/* Fitting the first bytes counts, too: by how many they are, with the place before. */
static const float weight[SHAPE_DEPTH] = {
	[3] = 0.0001f, [5] = 0.001f, [7] = 0.01f, [SHAPE_DEPTH - 1] = 1};

/* Adds to *n, byte by byte, how many of a block of places fit so far, where that counts. */
static void count_block(const struct sample *x, const struct sample *y, size_t w,
			bits_block n[SHAPE_DEPTH])
{
	bits_block fit = ~(bits_block){0}, at;

	for (int k = 0; k < SHAPE_DEPTH; k++) {
		block_either(&x->at[k][w], &y->at[k][w], &at);
		fit &= at;
		if (!(weight[k] > 0))
			continue;
		if (is_empty(&fit))
			break;
		add_bits(&fit, &n[k]);
	}
}

/*
 * What fits all places counts 1. What fits the first few counts less: of shapes that the page does not
 * have, that is the better one which is further from it.
 */
float sample_count(const struct sample *x, const struct sample *y)
{
	bits_block n[SHAPE_DEPTH] = {0};
	float sum = 0;

	for (size_t w = 0; w < SAMPLE_WORDS; w += BLOCK_WORDS)
		count_block(x, y, w, n);
	for (int k = 0; k < SHAPE_DEPTH; k++)
		if (weight[k] > 0)
			sum += weight[k] * (float)sum_of(&n[k]);
	return sum;
}

/* How many places before text[q] the anchor marks, and q itself. */
static int marks(const struct anchor *a, const u8 *text, size_t q)
{
	size_t p = q;
	int n = !a->least;

	while (p > 0 && q - p < a->back && a->prefix[text[p - 1]]) {
		p--;
		n += q - p >= a->least;
	}
	return n;
}

static bool fits_at(const struct shape *sh, const u8 *text)
{
	for (size_t k = 1; k <= SHAPE_DEPTH; k++)
		if (!sh->at[k % SHAPE_DEPTH][text[k % SHAPE_DEPTH]])
			return false;
	return true;
}

/* A place that is marked takes a closer look, and what marks it a little. */
float anchor_count(const struct pages *pages, const struct anchor *a, const struct shape *around)
{
	float sum = 0;

	for (size_t n = 0; n < PRINTS; n++)
		for (size_t p = 0; p < PAGE_PLACES; p++)
			if (fits_at(around, pages->text[n] + p))
				sum += 0.3f + 4 * (float)marks(a, pages->text[n], p + 1);
	return sum;
}

void sample_set(const struct pages *pages, const bool set[256], size_t back,
		u64 ret_bits[PAGE_WORDS])
{
	u64 places[PRINT_WORDS];

	places_of(pages, set, PRINT_WORDS, places);
	for (size_t w = 0; w < PAGE_WORDS; w++)
		ret_bits[w] = back ? places[w] << back | (w ? places[w - 1] >> (64 - back) : 0)
				   : places[w];
}
