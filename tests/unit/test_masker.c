/* SPDX-License-Identifier: BSD-2-Clause */
/* One stream behind three calls: masked as `scrim filter` does, and nothing to send where it is refused. */
#include <criterion/criterion.h>
#include <scrim/flow.h>
#include <scrim/masker.h>
#include <string.h>

static struct masker *masker(enum frame_format format)
{
	struct err e = {0};
	struct masker *m = masker_new(format, 64, &e);

	cr_assert(m, "%s", e.text);
	cr_assert_eq(m->room, 64);
	return m;
}

/* Feeds a text in chunks of `chunk` and returns what may be sent, NUL-ended. */
static const char *masked(struct masker *m, const char *text, size_t chunk, int *ret_rc)
{
	static char got[512];
	size_t at = 0, len = strlen(text), n;
	struct span out;
	int rc = 0;

	for (size_t from = 0; !rc && from <= len; from += n) {
		n = len - from < chunk ? len - from : chunk;
		memcpy(m->data, text + from, n);
		rc = n ? masker_feed(m, n, &out) : masker_finish(m, &out);
		memcpy(got + at, out.p, out.len);
		at += out.len;
		if (!n)
			break;
	}
	got[at] = 0;
	*ret_rc = rc;
	return got;
}

Test(masker, masks_the_same_however_it_is_cut)
{
	const char *text = "SSN 123-45-6789, jane@example.org\nRoom 12";
	const char *want = "SSN 111-11-1111, xxxx@xxxxxxx.xxx\nRoom 12";

	for (size_t chunk = 1; chunk <= 64; chunk *= 8) {
		struct masker *m = masker(FORMAT_TEXT);
		int rc;

		cr_assert_str_eq(masked(m, text, chunk, &rc), want);
		cr_assert_eq(rc, 0);
		masker_free(m);
	}
}

/* Safe Harbor is about the patient: the group "providers" is off, as it is for scrim filter. */
Test(masker, has_the_rules_that_scrim_filter_has)
{
	struct masker *m = masker(FORMAT_HL7);
	int rc;
	const char *got =
		masked(m, "MSH|^~\\&|A|B\rPID|1||77||Doe^Jane\rPV1|1|I|||||55^Low^Ann\r", 9, &rc);

	cr_assert_str_eq(got, "MSH|^~\\&|A|B\rPID|1||11||Xxx^Xxxx\rPV1|1|I|||||55^Low^Ann\r");
	cr_assert_eq(rc, 0);
	masker_free(m);
}

Test(masker, a_refused_stream_has_nothing_to_send)
{
	struct masker *m = masker(FORMAT_HL7);
	struct span out = {.p = (u8 *)"x", .len = 1};

	memcpy(m->data, "PID|1||77", 9);
	cr_assert_eq(masker_feed(m, 9, &out), -FLOW_HL7_NO_MSH);
	cr_assert_eq(out.len, 0);
	out.len = 1;
	cr_assert_eq(masker_finish(m, &out), -FLOW_HL7_NO_MSH);
	cr_assert_eq(out.len, 0);
	masker_free(m);
}

/* A frame that has no end is an error, but what was held of it is masked and may go out. */
Test(masker, what_was_held_of_a_message_without_an_end_may_go_out)
{
	struct masker *m = masker(FORMAT_HL7);
	int rc;
	const char *got = masked(m, "\vMSH|^~\\&|A|B\rNTE|1|L|SSN 123-45-6789", 64, &rc);

	cr_assert_eq(rc, -FLOW_HL7_UNFINISHED);
	cr_assert_str_eq(got, "\vMSH|^~\\&|A|B\rNTE|1|L|SSN 111-11-1111");
	masker_free(m);
}

Test(masker, none_is_freed_without_harm)
{
	masker_free(NULL);
}
