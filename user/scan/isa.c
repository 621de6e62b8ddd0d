/* SPDX-License-Identifier: BSD-2-Clause */
/* Which instruction sets there are, and which of them this CPU has. */
#include <errno.h>
#include <scrim/scan.h>
#include <string.h>

/* In the order of enum isa. */
static const char *const names[ISA_COUNT] = {"scalar", "neon", "sse42", "avx2", "avx512"};

const char *isa_name(enum isa isa)
{
	return names[isa];
}

#if defined(__x86_64__)
/* All that the Makefile compiles sse42.c, avx2.c and avx512.c for. */
bool isa_usable(enum isa isa)
{
	switch (isa) {
	case ISA_SCALAR:
		return true;
	case ISA_SSE42:
		return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
	case ISA_AVX2:
		return isa_usable(ISA_SSE42) && __builtin_cpu_supports("avx2") &&
		       __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
		       __builtin_cpu_supports("lzcnt");
	case ISA_AVX512:
		return isa_usable(ISA_AVX2) && __builtin_cpu_supports("avx512f") &&
		       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi") &&
		       __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("vaes");
	case ISA_NEON:
	case ISA_COUNT:
		break;
	}
	return false;
}
#elif defined(__aarch64__)
bool isa_usable(enum isa isa)
{
	return isa == ISA_SCALAR || isa == ISA_NEON;
}
#endif

int isa_choose(const char *forced, enum isa *ret_isa, struct err *e)
{
	for (int i = ISA_COUNT; i-- > 0;) {
		if (forced && strcmp(forced, names[i]) != 0)
			continue;
		if (isa_usable((enum isa)i)) {
			*ret_isa = (enum isa)i;
			return 0;
		}
		if (forced)
			return err_set(e, ENOTSUP, "SCRIM_ISA=%s: this CPU does not have it",
				       forced);
	}
	return err_set(e, EINVAL,
		       "SCRIM_ISA=%s: not known; scalar, neon, sse42, avx2 and avx512 are", forced);
}
