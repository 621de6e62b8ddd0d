/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of a form's cost: by which path it is found, and that its estimate orders patterns. */
#include "scanners.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct {
	struct form_def form;
	enum scan_path path;
} forms[] = {
	{{.pattern = "HX-[0-9]{8}"}, PATH_SHAPE},
	{{.pattern = "\\d{3}-\\d{2}-\\d{4}", .before = GUARD_DIGIT}, PATH_SHAPE},
	{{.pattern = "[a-z.]{1,40}@[a-z.]{3,40}"}, PATH_ANCHOR},
	{{.pattern = "[0-9]{5}", .labels = LIST("badge"), .distance = 8}, PATH_LABEL},
	{{.pattern = "[a-z.]{1,40}@[a-z]{3,40}", .labels = LIST("mail"), .distance = 8},
	 PATH_LABEL},
	{{.pattern = "[0-9]{5}", .unless = LIST("order"), .distance = 8}, PATH_SHAPE},
	{{.pattern = "[A-Za-z ,.]{3,40}"}, PATH_AUTOMATON},
};

Test(explain, by_which_path_a_form_is_found)
{
	enum isa isas[ISA_COUNT];
	size_t nisas = isas_here(isas);

	for (size_t i = 0; i < array_size(forms); i++) {
		struct rule_def def = {
			.name = "one", .class = ID_OTHER, .nforms = 1, .forms = {forms[i].form}};
		struct ruleset *rs = ruleset_of(&def, 1);

		for (size_t k = 0; k < nisas; k++) {
			struct scanner *s = scanner_all(rs, isas[k]);
			struct scan_cost cost = {0};

			cr_assert_eq(scan_explain(s, 0, &cost), 0);
			cr_expect_eq(cost.path, forms[i].path, "%s: %s", forms[i].form.pattern,
				     scan_path_name(cost.path));
			cr_expect(cost.rate >= 0 && cost.rate < 1);
			scanner_free(s);
		}
		ruleset_free(rs);
	}
}

/* Each is harder to find in a text than the one before. */
Test(explain, the_estimate_orders_patterns)
{
	static const char *const patterns[] = {"[a-z]{3,9}", "\\d{2}", "\\d{4}-\\d{2}",
					       "HX-\\d{4}"};
	struct rule_def defs[array_size(patterns)];
	struct scan_cost cost, before = {.rate = 1};
	struct ruleset *rs;
	struct scanner *s;

	for (size_t i = 0; i < array_size(patterns); i++)
		defs[i] = (struct rule_def){.name = (const char *[]){"a", "b", "c", "d"}[i],
					    .class = ID_OTHER,
					    .nforms = 1,
					    .forms = {{.pattern = patterns[i]}}};
	rs = ruleset_of(defs, array_size(defs));
	s = scanner_all(rs, ISA_SCALAR);
	for (u16 i = 0; i < array_size(patterns); i++, before = cost) {
		cr_assert_eq(scan_explain(s, i, &cost), 0);
		cr_expect_lt(cost.rate, before.rate, "%s", patterns[i]);
	}
	scanner_free(s);
	ruleset_free(rs);
}

Test(explain, a_rule_that_is_off_costs_nothing)
{
	struct rule_def defs[] = {
		{.name = "on", .class = ID_OTHER, .nforms = 1, .forms = {{.pattern = "ab"}}},
		{.name = "off", .class = ID_OTHER, .nforms = 1, .forms = {{.pattern = "ab"}}}};
	struct ruleset *rs = ruleset_of(defs, 2);
	struct scan_cost cost;
	struct scanner *s;

	cr_assert_eq(scanner_new(rs, (const bool[]){true, false}, ISA_SCALAR, &s), 0);
	cr_expect_eq(scan_explain(s, 0, &cost), 0);
	cr_expect_eq(scan_explain(s, 1, &cost), -ENOENT);
	cr_expect_eq(scan_explain(s, 2, &cost), -ENOENT);
	scanner_free(s);
	ruleset_free(rs);
}
