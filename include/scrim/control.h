/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asking a daemon that runs: a request of one message, answered by one.
 *
 *   scrim reload ── "reload" ─▶ scrimd        scrimd ── "ok ruleset version 2" ─▶
 *                                                    └─ "no FILE:3:9: what is wrong" ─▶
 *
 * It listens on a UNIX socket whose name, "@scrim" or "@scrim-INSTANCE", is no file: it belongs to
 * the network namespace as the daemon does, and goes with it. Who may ask is seen by the
 * credentials that the kernel gives: root, and the daemon's own user. Who asks looks likewise whom.
 */
#ifndef SCRIM_CONTROL_H
#define SCRIM_CONTROL_H

#include <scrim/err.h>

#define CONTROL_TEXT 16384 /* the longest message, with its NUL */

/* A listening socket; -EADDRINUSE: somebody has the name. Negative with e set. */
int control_listen(const char *instance, struct err *e);

/*
 * Takes the next one who asks, with the request.
 *   ret_request  CONTROL_TEXT bytes
 * Returns a descriptor for control_answer(), or negative: -ECANCELED: one who may not ask (that was
 * told), or left; -EAGAIN: nobody was there, or said anything for a second.
 */
int control_accept(int listening, char *ret_request);

/* Answers, as printf does. Never waits: an answer that nobody takes is lost. */
void control_answer(int fd, bool good, const char *fmt, ...) printf_like(3, 4);

/* Connects to the daemon of an instance. Descriptor, or negative with e set. */
int control_dial(const char *instance, struct err *e);

/*
 * Asks, and waits for the answer, two minutes at most.
 *   ret_text  CONTROL_TEXT bytes: what was said
 * Returns 0 for "ok"; -EREMOTEIO for "no"; another error with ret_text saying which.
 */
int control_ask(int fd, const char *request, char *ret_text);

#endif
