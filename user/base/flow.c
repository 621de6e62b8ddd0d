/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of abi.h as strings. */
#include <scrim/flow.h>

static const struct {
	const char *name, *what;
} flows[] = {
#define X(symbol, name, what) {name, what},
	SCRIM_FLOW(X)
#undef X
};

const char *flow_name(int flow)
{
	return flow >= 0 && flow < FLOW_COUNT ? flows[flow].name : "?";
}

const char *flow_what(int flow)
{
	return flow >= 0 && flow < FLOW_COUNT ? flows[flow].what + 3
					      : "?"; /* behind "k: ", "u: " */
}

bool flow_is_kernels(int flow)
{
	return flow >= 0 && flow < FLOW_COUNT && *flows[flow].what == 'k';
}
