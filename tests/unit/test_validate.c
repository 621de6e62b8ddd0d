/* SPDX-License-Identifier: BSD-2-Clause */
/* Validators against values known to be good and bad. */
#include <criterion/criterion.h>
#include <scrim/rules.h>
#include <string.h>

static void expect(const char *validator, bool accepted, const char *const *values, size_t n)
{
	validate_fn fn = validator_find(validator);

	cr_assert_not_null(fn, "no validator '%s'", validator);
	for (size_t i = 0; i < n; i++)
		cr_expect_eq(fn((const u8 *)values[i], strlen(values[i])), accepted, "%s: '%s'",
			     validator, values[i]);
}

#define ACCEPTS(validator, ...)                                                                    \
	expect(validator, true, (const char *const[]){__VA_ARGS__},                                \
	       array_size(((const char *const[]){__VA_ARGS__})))
#define REFUSES(validator, ...)                                                                    \
	expect(validator, false, (const char *const[]){__VA_ARGS__},                               \
	       array_size(((const char *const[]){__VA_ARGS__})))

Test(validate, unknown_names)
{
	cr_assert_null(validator_find("nonesuch"));
	cr_assert_null(validator_find(""));
}

Test(validate, ssn)
{
	ACCEPTS("ssn", "123-45-6789", "001-01-0001", "899 99 9999", "665456789", "667-12-3456");
	REFUSES("ssn", "000-12-3456", "666-12-3456", "900-12-3456", "999-12-3456", "123-00-4567",
		"123-45-0000", "123-45-678", "123-45-67890", "");
}

/* Numbers from the standards' own examples, and their neighbours. */
Test(validate, check_digits)
{
	ACCEPTS("luhn", "79927398713", "0000 0000", "4111-1111-1111-1111");
	REFUSES("luhn", "79927398710", "79927398712", "1", "");
	ACCEPTS("npi", "1234567893", "1245319599", "2000000002");
	REFUSES("npi", "1234567890", "1234567892", "3234567897", "123456789", "12345678933", "");
}

Test(validate, card)
{
	ACCEPTS("card", "4111111111111111", "4222222222222", "5555 5555 5555 4444",
		"2223003122003222", "3782-822463-10005", "6011111111111117", "30569309025904",
		"3530111333300000", "6304000000000000", "6200000000000005");
	REFUSES("card", "4111111111111112", "5655555555555", "1111111111111117", "0000000000000000",
		"9111111111111111", "41111111111", "41111111111111111111", "34111111111111111", "");
}

Test(validate, phone)
{
	ACCEPTS("phone", "555-0123", "+44 20 7946 0958", "123456789012345", "20240115",
		"030 1234567 x12345678");
	REFUSES("phone", "555-012", "1234567890123456", "01/15/2024 10", "2024-01-15 10", "");
}

Test(validate, zip)
{
	ACCEPTS("zip", "00501", "12345", "12345-6789", "99950");
	REFUSES("zip", "00000", "00500", "1234", "123456", "12345-67", "");
}

Test(validate, date)
{
	ACCEPTS("date", "2024-02-29", "2000-02-29", "1880-01-01", "2099-12-31", "2024/1/5",
		"2024.01.05", "1/15/1970", "15/1/1970", "12-31-1999", "31.12.1999", "2/29/24",
		"99-12-31", "01-02-03", "20240229", "202402291015", "20240229101530",
		"Feb 29, 2024", "29 February 2024", "February 29th", "1st of May 1999", "14-Mar-24",
		"14MAR2024", "May 2024", "Sept. 30");
	REFUSES("date", "2023-02-29", "1900-02-29", "1879-12-31", "2100-01-01", "2024-13-01",
		"2024-00-10", "2024-01-32", "2024-04-31", "13/13/1970", "0/5/1970", "2/30/24",
		"20230229", "20241301", "202402292415", "202402291060", "Feb 30", "31 April 2024",
		"May 2200", "99 May", "99-13-31", "1/2", "1/2/3/4", "");
}

Test(validate, ipv4)
{
	ACCEPTS("ipv4", "0.0.0.0", "255.255.255.255", "10.2.0.1", "192.168.001.010");
	REFUSES("ipv4", "256.1.1.1", "1.2.3", "1.2.3.4.5", "1..2.3", ".1.2.3", "1.2.3.",
		"1.2.3.0004", "1.2.3.x", "");
}

Test(validate, email)
{
	ACCEPTS("email", "a@b.co", "first.last+tag@mail.example.org", "o'brien@example.ie",
		"x@xn--bcher-kva.example", "x@a.xn--p1ai", "jos\xc3\xa9@ex\xc3\xa4mple.de",
		"1@2.com");
	REFUSES("email", "a@b", "a@b.c", "a@b.c0m", "@b.com", "a@.com", "a@b..com", "a@-b.com",
		"a@b-.com", "a@b.com.", "a.b.com", "a@b.12",
		"a123456789012345678901234567890123456789012345678901234567890abcd@b.com", "");
}
