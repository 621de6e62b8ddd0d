/* SPDX-License-Identifier: BSD-2-Clause */
/* The validators, by what they look at; validate.c names them. */
#ifndef RULES_VALIDATE_H
#define RULES_VALIDATE_H

#include <scrim/base.h>
#include <scrim/rules.h>

/* The decimal digits of text as values 0 to 9, at most cap of them; how many there are in all. */
size_t text_digits(const u8 *text, size_t len, u8 *ret_digits, size_t cap);

/* Luhn's check (ISO/IEC 7812-1 annex B) over digit values, `start` added to the sum. */
bool luhn_holds(const u8 *digits, size_t n, unsigned int start);

bool validate_ipv6(const u8 *text, size_t len);
bool validate_mac(const u8 *text, size_t len);
bool validate_url(const u8 *text, size_t len);
bool validate_itin(const u8 *text, size_t len);
bool validate_dea(const u8 *text, size_t len);
bool validate_vin(const u8 *text, size_t len);
bool validate_iban(const u8 *text, size_t len);
bool validate_aba(const u8 *text, size_t len);
bool validate_gtin(const u8 *text, size_t len);
bool validate_address(const u8 *text, size_t len);
bool validate_city(const u8 *text, size_t len);
bool validate_learned_name(const u8 *text, size_t len);
bool validate_whole_name(const u8 *text, size_t len);
/* Before the first word is looked at: called where a validator is looked up. */
void words_prepare(void);
bool validate_street(const u8 *text, size_t len);
bool validate_name(const u8 *text, size_t len);
bool validate_titled_name(const u8 *text, size_t len);
bool validate_license(const u8 *text, size_t len);
bool validate_list(const u8 *text, size_t len);
bool validate_luhn(const u8 *text, size_t len);
bool validate_card(const u8 *text, size_t len);
bool validate_npi(const u8 *text, size_t len);
bool validate_ssn(const u8 *text, size_t len);
bool validate_phone(const u8 *text, size_t len);
bool validate_phone_line(const u8 *text, size_t len);
bool validate_trunk(const u8 *text, size_t len);
bool validate_zip(const u8 *text, size_t len);
bool validate_date(const u8 *text, size_t len);
bool validate_ipv4(const u8 *text, size_t len);
bool validate_email(const u8 *text, size_t len);

/* The same of values that may hold escapes (escape.c). */
bool validate_ssn_encoded(const u8 *text, size_t len);
bool validate_card_encoded(const u8 *text, size_t len);
bool validate_date_encoded(const u8 *text, size_t len);
bool validate_phone_encoded(const u8 *text, size_t len);
bool validate_phone_groups_encoded(const u8 *text, size_t len);
bool validate_email_encoded(const u8 *text, size_t len);
bool validate_url_encoded(const u8 *text, size_t len);

/*
 * The commonest date, 2024-02-29 or with slashes, an address, an SSN, a card's number without separators and one in fours, each with
 * its guard (DECIMAL; the last one's is GROUP); see quick_fn.
 */
size_t quick_date(const u8 *text);
size_t quick_ipv4(const u8 *text);
size_t quick_ssn(const u8 *text);
size_t quick_card(const u8 *text);
size_t quick_card_groups(const u8 *text);
/* Dates with the year behind slashes or dots, one in digits alone, an ITIN, an NPI, with DECIMAL; see form_def.brief. */
size_t brief_slashes(const u8 *text);
size_t brief_dots(const u8 *text);
size_t brief_packed(const u8 *text);
size_t brief_itin(const u8 *text);
size_t brief_npi(const u8 *text);
/* What is too short for a telephone number as it is dialled at home. */
size_t brief_trunk(const u8 *text);
/* What the first three of the quick ways are sure of; see sure_fn. */
bool sure_date(const u8 *outline, struct sure_ranges *ret);
bool sure_ipv4(const u8 *outline, struct sure_ranges *ret);
bool sure_ssn(const u8 *outline, struct sure_ranges *ret);

/* Whether some issuer gives out numbers of n digits, 0 to 9, that begin like this one. */
bool card_issued(const u8 *digits, size_t n);

/* Where no month stands behind a day, and no date begins with one; see never_fn. */
bool never_month(const u8 *text);
bool never_month_first(const u8 *text);
/* Where no second word stands behind a house number, and no kind of road that has one. */
bool never_street(const u8 *text);
bool never_route(const u8 *text);
/* Where a value has no escape, an address no "%40" and none of 64 bytes its '@', an NPI no two names. */
bool never_encoded(const u8 *text);
bool never_email(const u8 *text);
bool never_named(const u8 *text);
/* Where an IBAN's country would be hexadecimal digits of another kind. */
bool never_iban(const u8 *text);
/* Where no second value stands behind the first. */
bool never_list(const u8 *text);

/* A way of preceded_fn. */
bool behind_reference(const u8 *text, size_t p);

#endif
