/* SPDX-License-Identifier: BSD-2-Clause */
/* What test_outline.c holds of outlines, of the code for AVX2. */
#if defined(__x86_64__)
#pragma GCC target("avx2,bmi,bmi2,lzcnt,popcnt")
#define OUTLINE_AVX2
#endif
#include "test_outline.c"
