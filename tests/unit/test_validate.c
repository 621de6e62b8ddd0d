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
	ACCEPTS("license", "A123", "1B2C3");
	REFUSES("license", "BSD-3-Clause", "A12", "");
	ACCEPTS("luhn", "79927398713", "0000 0000", "4111-1111-1111-1111");
	REFUSES("luhn", "79927398710", "79927398712", "1", "");
	ACCEPTS("npi", "1234567893", "1245319599", "2000000002");
	REFUSES("npi", "1234567890", "1234567892", "3234567897", "123456789", "12345678933", "");
}

Test(validate, card)
{
	ACCEPTS("card", "4111111111111111", "4222222222222", "5555 5555 5555 4444",
		"2223003122003222", "3782-822463-10005", "6011111111111117", "30569309025904",
		"3530111333300000", "6304000000000000", "6200000000000005", "501822222227",
		"501111111111117", "36111111111111113", "675966666660", "6062888888888880");
	REFUSES("card", "4111111111111112", "5655555555555", "1111111111111117", "0000000000000000",
		"9111111111111111", "41111111111", "41111111111111111111", "34111111111111111", "");
	/* The check digit is right, and no issuer's numbers are so long, or begin so. */
	REFUSES("card", "411111111111116", "6055555555554", "6100000000000006");
}

Test(validate, phone)
{
	ACCEPTS("phone", "555-0123", "+44 20 7946 0958", "123456789012345", "20240115",
		"030 1234567 x12345678");
	REFUSES("phone", "0020.0011.0002", "555-012", "1234567890123456", "01/15/2024 10",
		"2024-01-15 10", "", "2125550123 123", "(212) 555-0123 20", "1-212-555-0123 (44)");
	ACCEPTS("phone", "0044 0161 496 0123", "020 0669 0723", "212 555 0123 x20",
		"0212 555 0123 20", "+49 212 345 6789 20");
	ACCEPTS("phone-line", "61 51 81 office");
	REFUSES("phone-line", "2024-01-15 99213 Office");
}

Test(validate, trunk)
{
	ACCEPTS("trunk", "020 0669 0723", "030/1234567", "0171-2345678", "098765 43210",
		"06-12345678", "070-123 45 67", "044 668 18 00", "06 12 34 56 78", "09 3947759",
		"01 234 567", "(0)2 1234 5678", "0800 1234 5678", "020 7946 0958 ext. 12345678",
		"09 8765 2010", "0600 1260 1800");
	REFUSES("trunk", "0378-0023-01", "00378-0023-01", "02-11-2024 1234", "02 2024-11-12",
		"02-2024-12345", "02/11/2024", "025-79-9723", "084 73 2023", "03/1234567",
		"030/123/4567", "05 12 34 5678", "02 1234", "0123 456789 0123", "0301234567",
		"0600 1200 1800", "0730 1415 2359", "");
}

Test(validate, zip)
{
	ACCEPTS("zip", "00501", "12345", "12345-6789", "99950");
	REFUSES("zip", "00000", "00500", "1234", "123456", "12345-67", "");
}

Test(validate, date)
{
	ACCEPTS("date", "2023-Oct-08", "2024-02-29", "2000-02-29", "1880-01-01", "2099-12-31",
		"2024/1/5", "2024.01.05", "1/15/1970", "15/1/1970", "12-31-1999", "31.12.1999",
		"2/29/24", "99-12-31", "01-02-03", "20240229", "202402291015", "20240229101530",
		"Feb 29, 2024", "29 February 2024", "February 29th", "1st of May 1999", "14-Mar-24",
		"14MAR2024", "May 2024", "Sept. 30", "MAR 04/12/2023", "MAR 2076-09-01",
		"MAR 11-08-95");
	REFUSES("date", "2023-02-29", "1900-02-29", "1879-12-31", "2100-01-01", "2024-13-01",
		"2024-00-10", "2024-01-32", "2024-04-31", "13/13/1970", "0/5/1970", "2/30/24",
		"20230229", "20241301", "202402292415", "202402291060", "Feb 30", "31 April 2024",
		"May 2200", "99 May", "MAR 45/13/2023", "99-13-31", "1/2", "1/2/3/4", "");
}

Test(validate, ipv4)
{
	ACCEPTS("ipv4", "0.0.0.0", "255.255.255.255", "10.2.0.1", "192.168.001.010");
	REFUSES("ipv4", "256.1.1.1", "1.2.3", "1.2.3.4.5", "1..2.3", ".1.2.3", "1.2.3.",
		"1.2.3.0004", "1.2.3.x", "");
}

#define TEN "a123456789"

Test(validate, email)
{
	ACCEPTS("email", "a@b.co", "first.last+tag@mail.example.org", "o'brien@example.ie",
		"x@xn--bcher-kva.example", "x@a.xn--p1ai", "jos\xc3\xa9@ex\xc3\xa4mple.de",
		"1@2.com", /* more than RFC 5321 allows before the '@', 128 bytes */
		TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN
		    ".1234567@b.com", /* a domain's first 190 bytes, whatever ends it */
		"a@" TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN
		"." TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN ".12-");
	REFUSES("email", "a@b", "a@b.c", "a@b.c0m", "@b.com", "a@.com", "a@b..com", "a@-b.com",
		"a@b-.com", "a@b.com.", "a.b.com", "a@b.12",
		TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN
		    ".12345678@b.com",
		"a@" TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN
		"." TEN "." TEN "." TEN "." TEN "." TEN "." TEN "." TEN ".12",
		"a@b.-" TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN,
		"a@" TEN
		"." TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN,
		"a@" TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN,
		"");
}

/* IRS Publication 1915: each end of the ranges of its group, and one beyond. */
Test(validate, itin)
{
	ACCEPTS("itin", "900-50-1234", "999-65-0000", "912-70-1234", "912 88 1234", "912901234",
		"912921234", "912-94-1234", "912-99-1234");
	REFUSES("itin", "912-49-1234", "912-66-1234", "912-69-1234", "912-89-1234", "912-93-1234",
		"812-70-1234", "912-70-123", "912-70-12345", "");
}

/* AB1234563: 1+3+5 = 9, twice 2+4+6 = 24, together 33. */
Test(validate, dea)
{
	ACCEPTS("dea", "AB1234563", "F91234563", "mc2345672", "XX0000000");
	REFUSES("dea", "AB1234560", "AB1234562", "AB1234564", "9B1234563", "A81234563", "AB123456",
		"AB12345634", "AB1324563", "");
}

/* 49 CFR 565 and the makers' own: a check digit of X, one of 0, one of 1 to 9. */
Test(validate, vin)
{
	ACCEPTS("vin", "1M8GDM9AXKP042788", "1HGCM82633A004352", "11111111111111111",
		"5GZCZ43D13S812715", "1m8gdm9axkp042788");
	REFUSES("vin", "1M8GDM9A1KP042788", "1M8GDM9AXKP042789", "M18GDM9AXKP042788",
		"1M8GDM9AXKP04278", "1M8GDM9AXKP0427888", "IM8GDM9AXKP042788", "1M8ODM9AXKP042788",
		"1M8QDM9AXKP042788", "");
}

/* The registry's examples; then a digit changed, two in each other's place, a wrong length. */
Test(validate, iban)
{
	ACCEPTS("iban", "GB82WEST12345698765432", "GB82 WEST 1234 5698 7654 32",
		"DE89370400440532013000", "NO9386011117947", "MT84MALT011000012345MTLCAST001S",
		"gb82west12345698765432", "FR1420041010050500013M02606",
		/* One too few, or too many, by their check digits, in capitals. */
		"GB88WEST1234569876543", "FR90 9370 3652 7359 1234 5678 9012",
		"FR90937036527359123456789012");
	REFUSES("iban", "DE111111111111111111111111111111111", "GB82WEST12345698765433",
		"GB28WEST12345698765432", "GB82WEST1234569876543", "GB82WEST123456987654321",
		"US02WEST12345698765432", "GB09WEST12345698765A", "DE89370400440532013001",
		"GB82WEST12345698756432", "gb88west1234569876543", "GB80WEST1234569876543212",
		"GB82", "");
}

Test(validate, aba)
{
	ACCEPTS("aba", "011000015", "026009593", "121000358", "322271627", "800000006");
	REFUSES("aba", "011000016", "101000015", "001000015", "131000005", "331000001", "000000000",
		"01100001", "0110000150", "");
}

Test(validate, gtin)
{
	ACCEPTS("gtin", "(01)00844588003288", "(01)00844588003288(17)261120", "(01)10614141000415");
	REFUSES("gtin", "(01)00844588003289", "(01)00844588003298", "(01)0084458800328", "");
}

/* RFC 4291 2.2's examples; a group too many, two gaps, five digits. */
Test(validate, ipv6)
{
	ACCEPTS("ipv6", "ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "2001:db8:0:0:8:800:200c:417a",
		"2001:db8::8:800:200c:417a", "::1", "1::", "0:0:0:0:0:0:13.1.68.3",
		"::ffff:129.144.52.38", "fe80::1", "1:2:3:4:5:6:7::");
	REFUSES("ipv6", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:2:3:4::5:6:7:8",
		"12345::1", "::", "Bad::Face", "::256.1.1.1", "1.2.3.4::1", "1:2:3:4:5:6:7:1.2.3.4",
		"g::1", ":1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:", "");
}

Test(validate, mac)
{
	ACCEPTS("mac", "00-1b-44-ff-fe-11-3a-b7", "00:1b:44:11:3a:b7", "00-1B-44-11-3A-B7",
		"001b.4411.3ab7", "ff:ff:ff:ff:ff:ff");
	REFUSES("mac", "00:1b:44:11:3a:b7:00", "12-34-56-78-90-12-34-56", "12:34:56:78:90:12",
		"1234.5678.9012", "00:1b:44:11:3a", "");
}

Test(validate, url)
{
	ACCEPTS("url", "https://chart.example.org/p?id=7", "http://ehr/patient/7",
		"http://loinc/patient/7", "www.hl7:8080/7", "http://purl?name=Doe",
		"www.example.com", "http://nothl7.org/", "https://loinc.org.example.com/x");
	REFUSES("url", "http://loinc.org", "http://loinc", "https://WWW.HL7.org/fhir/R4", "www.hl7",
		"http://snomed.info/sct", "http://terminology.hl7.org/CodeSystem/v3", "http://");
}

Test(validate, street)
{
	ACCEPTS("street", "742 Evergreen Terrace", "12 N Main St", "12 N Main St. Apt 4B",
		"1600 Pennsylvania Ave NW", "4500 State Route 7", "12 MAIN ST", "9 Elm Ct, Unit 3",
		"77 St. Bride's Ln", "221 Baker St. #4", "12 5th Avenue", "8 June Way",
		"7 Gardner Field Apt. 9", "1065 Gardner Field Suite 769");
	REFUSES("street", "12 Main", "Main Street", "12 Street", "5 Day Course", "64 Slice CT",
		"2 Chest CT", "5 PM Dr", "12 January Dr", "12 Main St Today", "3 Mr Lane",
		"12 Apt 4", "65 Gardner Field Suite 769", "1065 Gardner Field Suite 76",
		"12 Patients Field Apt 4", "12 Old Gardner Field Acre Apt 4", "");
}

Test(validate, address)
{
	ACCEPTS("address", "17 Broadway", "12 N. Main St. Apt 4", "221 Baker Street, Floor 3",
		"9 St. Averil");
	REFUSES("address", "12 Main Rd. Moved", "12 Main St Phone", "12 #5. Moved Here", "17", "");
}

Test(validate, name)
{
	ACCEPTS("name", "Odette", "Marrowby, Tamsin A.", "Inés de la Cruz", "O'Dorrin",
		"NOT-SMITH");
	REFUSES("name", "Unknown", "Tamsin DOB", "Denies", "Hospital", "Not Given", "");
	ACCEPTS("name", "Day, Doris", "No, Albert", "Doris Day", "DAY^DORIS^M");
	REFUSES("name", "Day", "Male", "Doris No", "Unknown, Day", "Day, Unknown", "Day Doris");
	ACCEPTS("titled-name", "Day", "He", "Doris Day");
	REFUSES("titled-name", "Patient", "Day No", "Customer");
}

/* What form_def.refuses_shorter says of it: the shortest is what its patterns take, three bytes of host. */
Test(validate, url_refuses_all_that_a_refused_one_begins_with)
{
	static const char *const refused[] = {"http://hl7.org/fhir/us/core?x=http://a.example.org",
					      "https://www.w3.org:80/1999/xhtml", "ftp://loinc.org",
					      "http://terminology.hl7.org#a",
					      "www.iana.org/assignments"};
	validate_fn fn = validator_find("url");

	for (size_t i = 0; i < array_size(refused); i++) {
		const char *host = strstr(refused[i], "://");
		size_t least = host ? (size_t)(host - refused[i]) + 6 : 7;

		for (size_t n = least; n <= strlen(refused[i]); n++)
			cr_assert(!fn((const u8 *)refused[i], n), "%.*s", (int)n, refused[i]);
	}
	cr_assert(fn((const u8 *)"www.a.example.org/http://hl7.org", 32));
}
