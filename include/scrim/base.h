/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The few words every module shares: integer names, sizes of the stream's windows.
 */
#ifndef SCRIM_BASE_H
#define SCRIM_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

/*
 * The longest span a pattern may match with what its guard behind holds (enum guard), in bytes; a
 * pattern that could match more is refused. No more of a stream is ever held undecided.
 */
#define SCRIM_WINDOW 256
/* How far before a match its guards and labels may look, in bytes. */
#define SCRIM_LOOKBACK 98
/*
 * Writable bytes that must lie in front of every chunk given to a stream: what it looked
 * back at, and what it held, is copied there, so that the scanner sees one flat text.
 */
#define SCRIM_HEADROOM 512

_Static_assert(SCRIM_LOOKBACK + SCRIM_WINDOW <= SCRIM_HEADROOM, "held bytes fit the head room");

#define array_size(a)           (sizeof(a) / sizeof((a)[0]))
#define cleanup(fn)             __attribute__((cleanup(fn)))
#define printf_like(fmt, first) __attribute__((format(printf, fmt, first)))

#endif
