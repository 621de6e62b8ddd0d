/* SPDX-License-Identifier: BSD-2-Clause */
/* The names and meanings of verdicts and reasons of refusal (abi.h). */
#ifndef SCRIM_FLOW_NAMES_H
#define SCRIM_FLOW_NAMES_H

#include <scrim/abi.h>
#include <scrim/base.h>

/* "hl7-no-msh"; "?" where there is none. */
const char *flow_name(int flow);
/* "reset, a message that does not begin with MSH" */
const char *flow_what(int flow);
/* Whether the kernel's side counts it. */
bool flow_is_kernels(int flow);

#endif
