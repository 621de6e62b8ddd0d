/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules compiled together: refusals name the rule, and a ruleset owns what it was given. */
#include <criterion/criterion.h>
#include <errno.h>
#include <scrim/rules.h>
#include <string.h>

static const char *const long_label[] = {"a label of thirty-two bytes, no!", NULL};
static const char *const no_label[] = {"", NULL};
static const char *const spaced[] = {"mrn ", NULL};
static const char *const pid[] = {"PID-5", NULL};

static const struct {
	struct rule_def def;
	const char *says;
} bad_rules[] = {
	{{.name = "r", .forms = {{.pattern = "a"}, {.pattern = "b+"}}, .nforms = 2},
	 "rule 'r', form 2: column 2: '+' has no bound"},
	{{.name = "r", .forms = {{.pattern = "a", .validate = "nonesuch"}}, .nforms = 1},
	 "no validator is called 'nonesuch'"},
	{{.name = "r", .forms = {{.pattern = NULL}}, .nforms = 1}, "no pattern"},
	{{.name = "Name", .forms = {{.pattern = "a"}}, .nforms = 1}, "a rule's name is"},
	{{.name = "", .forms = {{.pattern = "a"}}, .nforms = 1}, "a rule's name is"},
	{{.name = "a-name-that-is-thirty-two-bytes-", .fields = pid}, "a rule's name is"},
	{{.name = "good", .forms = {{.pattern = "a"}}, .nforms = 1},
	 "rule 'good' is defined twice"},
	{{.name = "r"}, "rule 'r' has no pattern and no field"},
	{{.name = "r", .forms = {{.pattern = "a", .labels = long_label}}, .nforms = 1},
	 "a label is 1 to 31 bytes"},
	{{.name = "r", .forms = {{.pattern = "a", .labels = no_label}}, .nforms = 1},
	 "a label is 1 to 31 bytes"},
	{{.name = "r", .forms = {{.pattern = "a", .unless = spaced}}, .nforms = 1},
	 "neither begins nor ends with a space"},
	{{.name = "r", .forms = {{.pattern = "a", .labels = pid, .distance = 65}}, .nforms = 1},
	 "distance 65: at most 64"},
	{{.name = "r", .nforms = RULE_MAX_FORMS + 1}, "more than 20 forms"},
};

Test(ruleset, refusals_name_the_rule)
{
	for (size_t i = 0; i < array_size(bad_rules); i++) {
		struct rule_def defs[2] = {
			{.name = "good", .forms = {{.pattern = "a"}}, .nforms = 1},
			bad_rules[i].def};
		struct ruleset *rs = NULL;
		struct err e = {0};

		cr_expect_eq(ruleset_compile(defs, 2, &rs, &e), -EINVAL, "%zu", i);
		cr_expect(strstr(e.text, bad_rules[i].says), "%zu: %s", i, e.text);
		cr_expect_null(rs);
	}
}

Test(ruleset, owns_what_it_was_given)
{
	char name[] = "site-mrn", pattern[] = "HX-[0-9]{8}", field[] = "PID-3", label[] = "mrn";
	const char *fields[] = {field, NULL}, *words[] = {label, NULL};
	struct rule_def def = {
		.name = name,
		.class = ID_RECORD,
		.forms = {{.pattern = pattern, .labels = words, .distance = 4}},
		.nforms = 1,
		.fields = fields,
	};
	struct ruleset *rs = NULL;

	cr_assert_eq(ruleset_compile(&def, 1, &rs, NULL), 0);
	memset(name, 'x', sizeof(name) - 1);
	memset(field, 'x', sizeof(field) - 1);
	memset(label, 'x', sizeof(label) - 1);
	cr_assert_str_eq(rs->rules[0].name, "site-mrn");
	cr_assert_str_eq(rs->rules[0].group, "");
	cr_assert_eq(rs->rules[0].class, ID_RECORD);
	cr_assert_str_eq(rs->rules[0].fields[0], "PID-3");
	cr_assert_null(rs->rules[0].fields[1]);
	cr_assert(form_labelled(&rs->forms[0], (const u8 *)"mrn H", 4));
	ruleset_free(rs);
}

/* Its place, its name and its group stay, so that what is told by rule goes on; it finds nothing. */
Test(ruleset, compiles_no_rule_that_is_unused)
{
	static const char *const fields[] = {"PID-3", NULL};
	const struct rule_def defs[] = {
		{.name = "off",
		 .forms = {{.pattern = "o[0-9]"}},
		 .nforms = 1,
		 .fields = fields,
		 .unused = true},
		{.name = "on", .forms = {{.pattern = "n[0-9]"}}, .nforms = 1},
	};
	struct ruleset *rs = NULL;

	cr_assert_eq(ruleset_compile(defs, 2, &rs, NULL), 0);
	cr_assert_eq(rs->nrules, 2);
	cr_expect_str_eq(rs->rules[0].name, "off");
	cr_expect_eq(rs->rules[0].nforms, 0);
	cr_expect_null(rs->rules[0].fields);
	cr_assert_eq(rs->nforms, 1);
	cr_expect_eq(rs->rules[1].first_form, 0);
	cr_expect_eq(rs->forms[0].rule, 1);
	cr_expect(form_may_mask(&rs->forms[0], (const u8 *)"n1", 2));
	ruleset_free(rs);
}

Test(ruleset, of_nothing)
{
	struct ruleset *rs = NULL;

	cr_assert_eq(ruleset_compile(NULL, 0, &rs, NULL), 0);
	cr_assert_eq(rs->nrules, 0);
	ruleset_free(rs);
	ruleset_free(NULL);
}
