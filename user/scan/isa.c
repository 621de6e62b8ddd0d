/* SPDX-License-Identifier: BSD-2-Clause */
/* Which instruction sets there are, and which of them this CPU has. */
#include <errno.h>
#include <scrim/scan.h>
#include <string.h>

static const char *const names[ISA_COUNT] = {
	[ISA_SCALAR] = "scalar", [ISA_AVX2] = "avx2", [ISA_AVX512] = "avx512"};

const char *isa_name(enum isa isa)
{
	return names[isa];
}

bool isa_usable(enum isa isa)
{
	switch (isa) {
	case ISA_SCALAR:
		return true;
	case ISA_AVX2:
		/* All that avx2.c is compiled for. */
		return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
		       __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt") &&
		       __builtin_cpu_supports("lzcnt");
	case ISA_AVX512:
		return isa_usable(ISA_AVX2) && __builtin_cpu_supports("avx512f") &&
		       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi") &&
		       __builtin_cpu_supports("avx512vbmi2");
	case ISA_COUNT:
		break;
	}
	return false;
}

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
	return err_set(e, EINVAL, "SCRIM_ISA=%s: not known; scalar, avx2 and avx512 are", forced);
}
