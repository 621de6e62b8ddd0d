/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fails the Nth allocation, system call or completion of a program that was built as for use: a
 * library in front of all others (LD_PRELOAD). A file that both have mapped says what fails, so
 * that a test arms it, and reads what was hit, while the program runs.
 *
 *   scrimd ──▶ inject.so ──▶ libc, liburing
 *                  ▲ │
 *      SCRIM_INJECT: a file with one struct inject_page ◀──▶ tests/faults/inject.py
 *
 * A call that fails has not been made, but for one that is to be short (INJECT_SHORT). So has an
 * operation of the ring: instead of it a NOP goes in, which completes with the error.
 */
#ifndef TESTS_FAULTS_INJECT_H
#define TESTS_FAULTS_INJECT_H

#include <scrim/base.h>

enum inject_kind { INJECT_NONE, INJECT_ALLOC, INJECT_CALL, INJECT_OP, INJECT_KINDS };

/* Not an errno: what moves bytes is made, with half of them. */
#define INJECT_SHORT 4096

/* Its layout is known to inject.py. */
struct inject_page {
	u32 kind;               /* what may fail; written last */
	int error;              /* the errno; 0: what is usual for the call; INJECT_SHORT */
	u64 at;                 /* the first to fail, counted from 1 */
	u64 times;              /* so many fail */
	u64 seen[INJECT_KINDS]; /* by kind, since the test set it to 0 */
	u64 failed;             /* how many have */
	int gave;               /* the errno of the first */
	int descriptors[2];     /* open at the begin of the program, and at its orderly end */
	int ended;              /* 1: the end was orderly */
	char name[32];          /* of the first that failed */
	char where[96];         /* who called it: file+offset */
	char only[64];          /* calls of these names count, and no others; empty: all do */
	u32 ways;  /* 1: what a process has called by the same way, frame by frame, counts once */
	u32 kills; /* 1: the program is killed instead, with SIGKILL */
};

/*
 * Counts a call; true, with errno set to what it fails with, if it is to fail. usual: the error
 * where the test has not asked for one.
 */
bool inject_hit(enum inject_kind kind, const char *name, int usual, const void *caller);

/*
 * Whether a call of this name can fail with this error: one of those that the test asks for (EINTR,
 * EAGAIN, EPERM, EBADF, ENOMEM, INJECT_SHORT), by the manual and by what stands in front of a call: the other end
 * of a network, a program of a cgroup, a security module.
 */
bool inject_can(const char *name, int error);

/* The function of this name behind this library. Ends the program where there is none. */
void *inject_next(const char *name);

#endif
