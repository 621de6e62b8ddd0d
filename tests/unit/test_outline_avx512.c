/* SPDX-License-Identifier: BSD-2-Clause */
/* What test_outline.c holds of outlines, of the code for AVX-512. */
#if defined(__x86_64__)
#pragma GCC target("avx2,bmi,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512vbmi,avx512vbmi2,aes,vaes")
#define OUTLINE_AVX512
#endif
#include "test_outline.c"
