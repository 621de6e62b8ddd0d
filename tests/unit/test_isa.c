/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which instruction set is chosen, and that its code is what runs: a scan is stepped through one
 * instruction at a time (the trap flag, SIGTRAP after each), and those of this program are counted
 * that shuffle 128 bits or work on 256. They are
 *
 *      66  [0100WRXB]  0F 38 00                        pshufb, older than VEX
 *      C5  RvvvvLpp            C4  RXBmmmmm  WvvvvLpp  a VEX prefix with the L bit set
 *
 * On arm64 tests/arm64 shows what runs.
 */
#include "scanners.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#if defined(__x86_64__)
#define VEX_L 0x04

extern const u8 __executable_start[], etext[];

static volatile size_t steps, shuffles, wide, widest;

static void on_step(int sig, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;
	const u8 *at = (const u8 *)uc->uc_mcontext.gregs[REG_RIP];

	(void)sig;
	(void)info;
	if (at < __executable_start || at >= etext)
		return;
	steps++;
	if (at[0] == 0x66 && !memcmp(at + 1 + ((at[1] & 0xf0) == 0x40), "\x0f\x38", 3))
		shuffles++;
	if ((at[0] == 0xc5 && at[1] & VEX_L) || (at[0] == 0xc4 && at[2] & VEX_L))
		wide++;
	/* EVEX, with both length bits at 512. */
	if (at[0] == 0x62 && (at[3] & 0x60) == 0x40)
		widest++;
}

/* Below the red zone of a function that keeps its variables under the stack pointer. */
static void step_begin(void)
{
	__asm__ volatile("lea -128(%%rsp), %%rsp; pushfq; orq $0x100, (%%rsp); popfq;"
			 "lea 128(%%rsp), %%rsp" ::
				 : "memory", "cc");
}

static void step_end(void)
{
	__asm__ volatile("lea -128(%%rsp), %%rsp; pushfq; andq $~0x100, (%%rsp); popfq;"
			 "lea 128(%%rsp), %%rsp" ::
				 : "memory", "cc");
}

/* Scans one line with the ISA that SCRIM_ISA asks for, step by step. */
static void scan_forced(const char *forced)
{
	static const char text[] = "call 212-555-0123 or jane.doe@example.org, SSN 123-45-6789.";
	struct sigaction sa = {.sa_sigaction = on_step, .sa_flags = SA_SIGINFO};
	struct match matches[sizeof(text)];
	struct scan_job job = {
		.text = (const u8 *)text,
		.len = sizeof(text) - 1,
		.ends = true,
		.matches = matches,
		.cap = array_size(matches),
	};
	const struct rule_def *defs;
	struct ruleset *rs = ruleset_builtin(&defs);
	struct err e = {0};
	struct scanner *s;
	enum isa isa;

	setenv("SCRIM_ISA", forced, 1);
	cr_assert_eq(isa_choose(getenv("SCRIM_ISA"), &isa, &e), 0, "%s", e.text);
	cr_assert_str_eq(isa_name(isa), forced);
	s = scanner_all(rs, isa);
	cr_assert_eq(sigaction(SIGTRAP, &sa, NULL), 0);
	steps = shuffles = wide = widest = 0;
	step_begin();
	scan(s, &job);
	step_end();
	cr_assert_eq(job.nmatches, 3);
	cr_assert_gt(steps, 1000, "the scan was watched");
	scanner_free(s);
	ruleset_free(rs);
}

Test(isa, scalar_runs_when_it_is_forced)
{
	scan_forced("scalar");
	cr_assert_eq(shuffles, 0, "%zu shuffles", shuffles);
	cr_assert_eq(wide, 0, "%zu instructions on 256 bits", wide);
	cr_assert_eq(widest, 0, "%zu on 512 bits", widest);
}

Test(isa, sse42_runs_when_it_is_forced)
{
	if (!isa_usable(ISA_SSE42))
		cr_skip_test("no SSE4.2 here");
	scan_forced("sse42");
	cr_assert_gt(shuffles, 50);
	cr_assert_eq(wide, 0, "%zu instructions on 256 bits", wide);
	cr_assert_eq(widest, 0, "%zu on 512 bits", widest);
}

Test(isa, avx2_runs_when_it_is_forced)
{
	if (!isa_usable(ISA_AVX2))
		cr_skip_test("no AVX2 here");
	scan_forced("avx2");
	cr_assert_gt(wide, 50);
	cr_assert_eq(widest, 0, "%zu instructions on 512 bits", widest);
}

Test(isa, avx512_runs_when_it_is_forced)
{
	if (!isa_usable(ISA_AVX512))
		cr_skip_test("no AVX-512 here");
	scan_forced("avx512");
	cr_assert_gt(widest, 50);
}
#endif

Test(isa, the_best_usable_one_is_chosen)
{
	enum isa isas[ISA_COUNT], isa = ISA_COUNT;
	size_t n = isas_here(isas);
	struct err e = {0};

	cr_assert_eq(isa_choose(NULL, &isa, &e), 0);
	cr_assert_eq(isa, isas[n - 1]);
}

Test(isa, an_unknown_one_is_refused)
{
	static const char *const unknown[] = {"", "avx", "AVX2", "avx2 ", "avx512f", "sse2", "0"};

	for (size_t i = 0; i < array_size(unknown); i++) {
		enum isa isa = ISA_COUNT;
		struct err e = {0};

		cr_assert_eq(isa_choose(unknown[i], &isa, &e), -EINVAL, "'%s'", unknown[i]);
		cr_assert_eq(isa, ISA_COUNT, "left as it was");
		cr_assert_not_null(strstr(e.text, "scalar, neon, sse42, avx2 and avx512"), "%s",
				   e.text);
	}
}

Test(isa, one_that_the_cpu_lacks_is_refused)
{
	for (int i = 0; i < ISA_COUNT; i++) {
		enum isa isa = ISA_COUNT;
		struct err e = {0};
		int r = isa_choose(isa_name((enum isa)i), &isa, &e);

		cr_assert_eq(r, isa_usable((enum isa)i) ? 0 : -ENOTSUP, "%s",
			     isa_name((enum isa)i));
		cr_assert_eq(isa, r ? ISA_COUNT : (enum isa)i);
	}
}
