# SPDX-License-Identifier: BSD-2-Clause
"""Values of each kind of identifier, made up from a seed in the forms people write them in.

Check digits are worked out here from the standards' formulas, apart from the library's code. In a
template {KIND} is a value with its label, {~KIND} something that only looks like one, without.
"""
import random
import re

from judge import Span

GIVEN = ("Tamsin", "Odette", "Corwin", "Ilse", "Linus", "Greta", "Zoë", "Néstor", "Beatrix", "Rufus",
         "Hollis", "Maribel", "Søren", "Leonie", "Ansel", "Petra")
FAMILY = ("Marrowby", "Tesk", "O'Dorrin", "Vant-Hollis", "Quillfeather", "Harnessy", "Brambeck",
          "Łasztowski", "Eskerling", "McFenmoor", "Gastrell", "van der Ortolan", "Yarrowgate",
          "D'Ambrelle", "Sørvåg", "Stillwater", "Day")
STREETS = ("Quarry", "Lantern", "Alder Creek", "Millrace", "Old Tannery", "Juniper", "N Windlass",
           "Saddler's", "5th", "22nd", "Martin Luther King", "W. Larch Hollow", "St. Bride's")
KINDS = ("St", "Street", "Ave", "Avenue", "Rd", "Road", "Ln", "Blvd", "Boulevard", "Ct", "Way", "Dr",
         "Drive", "Terrace", "Pl", "Pkwy", "Circle")
CITIES = ("Fernhollow", "Port Addle", "New Tarrow", "St. Averil", "Oxbow Falls", "Ellsbrook",
          "Salt Winnow City", "Graymere")
PLACES = (("NY", "1"), ("PA", "19"), ("TX", "7"), ("CA", "9"), ("OH", "44"), ("MA", "02"), ("IL", "60"))
MONTHS = ("January February March April May June July August September October November "
          "December").split()
HOSTS = ("example.org", "mail.example.com", "post-box.example.net", "clinic.example.co.uk")
MBI_A = "ACDEFGHJKMNPQRTUVWXY"
VIN = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
VIN_VALUE = {**dict(zip("ABCDEFGH", range(1, 9))), **dict(zip("JKLMN", range(1, 6))), "P": 7, "R": 9,
             **dict(zip("STUVWXYZ", range(2, 10))), **{str(i): i for i in range(10)}}


def shape(r, text):
    """# a digit, * 1 to 9, @ a capital, and the rest as it is."""
    return "".join(r.choice("0123456789") if c == "#" else r.choice("123456789") if c == "*" else
                   chr(r.randrange(65, 91)) if c == "@" else c for c in text)


def luhn(body):
    total = 0
    for i, c in enumerate(reversed(body)):
        d = int(c) * (2 - i % 2)
        total += d - 9 if d > 9 else d
    return body + str(-total % 10)


def other(r, digit):
    return r.choice([c for c in "0123456789" if c != digit])


def ssn(r):
    area = r.choice([a for a in range(1, 900) if a != 666])
    parts = f"{area:03}", f"{r.randrange(1, 100):02}", f"{r.randrange(1, 10000):04}"
    return r.choice("-- .").join(parts)


def itin(r):
    group = r.choice([*range(50, 66), *range(70, 89), 90, 91, 92, *range(94, 100)])
    return r.choice("- ").join((shape(r, "9##"), str(group), shape(r, "####")))


def card_digits(r):
    return luhn(shape(r, r.choice(("4##############", "51#############", "5500###########",
                                   "6011###########", "37############", "2221###########"))))


def grouped(r, digits):
    if len(digits) == 15:
        return r.choice((digits, f"{digits[:4]} {digits[4:10]} {digits[10:]}"))
    return r.choice(("", " ", "-")).join(digits[i:i + 4] for i in range(0, 16, 4))


def card_wrong(r):
    digits = card_digits(r)
    return grouped(r, digits[:-1] + other(r, digits[-1]))


def day(r):
    return r.randrange(1925, 2027), r.randrange(1, 13), r.randrange(1, 29)


def date(r):
    y, m, d = day(r)
    return r.choice((f"{y}-{m:02}-{d:02}", f"{m:02}/{d:02}/{y}", f"{m}/{d}/{y % 100:02}",
                     f"{d:02}.{m:02}.{y}", f"{y}{m:02}{d:02}", f"{m}-{d}-{y}", f"{y}/{m}/{d}",
                     f"{MONTHS[m - 1]} {d}, {y}", f"{d} {MONTHS[m - 1][:3]} {y}",
                     f"{d:02}-{MONTHS[m - 1][:3]}-{y}"))


def month(r):
    y, m, _ = day(r)
    return r.choice((f"{m:02}/{y}", f"{m}/{y}"))


def dob(r):
    y, m, d = day(r)
    return r.choice((date(r), f"{m:02}{d:02}{y}", f"{m:02} {d:02} {y}", f"{m}-{d}-{y % 100:02}",
                     f"{m:02}{d:02}{y % 100:02}"))


def phone(r):
    nanp = shape(r, "*##"), shape(r, "*##"), shape(r, "####")
    nanp = ("2" + nanp[0][1:], "5" + nanp[1][1:], nanp[2])
    return r.choice((
        "{}-{}-{}", "({}) {}-{}", "({}){}-{}", "{}.{}.{}", "{} {} {}", "1-{}-{}-{}", "+1 {} {} {}",
        "+1 ({}) {}-{}", "+1{}{}{}", "{}-{}-{} x204", "({}) {}-{} ext. 31")).format(*nanp)


def phone_labelled(r):
    return r.choice((phone(r), shape(r, "555-####"), shape(r, "2*#555####"), shape(r, "0## #### ####"),
                     shape(r, "(0##) ### ####"), shape(r, "0##/######"), shape(r, "*## ####"),
                     shape(r, "+44 20 7### ####"), shape(r, "+49-30-#######"),
                     shape(r, "0044 161 ### ####"), shape(r, "## ## ## ## ##")))


def email(r):
    name = re.sub("[^a-z]", "", r.choice(FAMILY).lower())
    return r.choice((f"{r.choice('abcdef')}.{name}@", f"{name}{shape(r, '##')}@", f"{name}+lab@",
                     f"{name.upper()}@")) + r.choice(HOSTS)


def ip(r):
    four = ".".join(str(r.randrange(1, 255)) for _ in range(4))
    groups = [f"{r.randrange(4096, 65536):x}" for _ in range(8)]
    return r.choice((four, four, ":".join(groups), f"2001:db8::{groups[0]}", f"fe80::{groups[1]}:1"))


def iban(r):
    country, body = r.choice((("GB", "@@@@##############"), ("DE", "##################"),
                              ("NL", "@@@@##########"), ("FR", "##########@##########00"[:23])))
    body = shape(r, body)
    number = int("".join(str(int(c, 36)) for c in body + country + "00"))
    text = f"{country}{98 - number % 97:02}{body}"
    return r.choice((text, " ".join(text[i:i + 4] for i in range(0, len(text), 4)), text.lower()))


def dea(r):
    d = shape(r, "######")
    total = sum(map(int, d[::2])) + 2 * sum(map(int, d[1::2]))
    return r.choice("ABFGMPR") + r.choice("ABCDEFXYZ9") + d + str(total % 10)


def mbi(r):
    a, n = (lambda: r.choice(MBI_A)), (lambda: r.choice("0123456789"))
    an = lambda: r.choice(MBI_A + "0123456789")
    parts = (r.choice("123456789") + a() + an() + n(), a() + an() + n(), a() + a() + n() + n())
    return r.choice(("-".join(parts), "".join(parts), "".join(parts).lower()))


def vin_check(text):
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    return "0123456789X"[sum(VIN_VALUE[c] * w for c, w in zip(text, weights)) % 11]


def vin(r):
    text = (r.choice("1245JKW") + r.choice("ABFGHMN") + r.choice(VIN) +
            "".join(r.choice(VIN) for _ in range(5)) + "0" + "".join(r.choice(VIN) for _ in range(4)) +
            shape(r, "####"))
    return text[:8] + vin_check(text) + text[9:]


def vin_wrong(r):
    text = vin(r)
    return text[:8] + other(r, text[8]) + text[9:]


def aba(r):
    body = r.choice(("01", "02", "11", "12", "26", "31", "32")) + shape(r, "######")
    return body + str(-sum(int(c) * w for c, w in zip(body, (3, 7, 1) * 3)) % 10)


def udi(r):
    body = shape(r, "00#" + "#" * 10)
    total = sum(int(c) * (1 if i % 2 else 3) for i, c in enumerate(body))
    return f"(01){body}{-total % 10}" + shape(r, r.choice(("", "(17)27####(10)A####", "(21)@@######")))


def npi(r):
    return luhn("80840" + shape(r, r.choice("12") + "########"))[5:]


def street(r):
    text = f"{r.randrange(2, 19999)} {r.choice(STREETS)} {r.choice(KINDS)}"
    return text + r.choice(("", "", " Apt 4B", ", Suite 210", " #12", " NW"))


def city(r):
    state, head = r.choice(PLACES)
    zip_code = head + shape(r, "#" * (5 - len(head)))
    return f"{r.choice(CITIES)}, {state} {zip_code}" + r.choice(("", shape(r, "-####")))


def zip_code(r):
    state, head = r.choice(PLACES)
    return head + shape(r, "*" + "#" * (4 - len(head)))


def name(r):
    given, family = r.choice(GIVEN), r.choice(FAMILY)
    return r.choice((f"{given} {family}", f"{given} {family}", f"{family}, {given}",
                     f"{given} {shape(r, '@')}. {family}", f"{given} {r.choice(GIVEN)} {family}"))


def signer(r):
    given, family = r.choice(GIVEN), r.choice(FAMILY)
    return r.choice((f"{given} {family}", f"{given} {shape(r, '@')}. {family}",
                     f"{shape(r, '@')}. {family}", f"{given} {r.choice(GIVEN)} {family}"))


def mac(r):
    """One of the pairs is sure to have a letter."""
    pairs = ["b4"] + [f"{r.randrange(256):02x}" for _ in range(5)]
    text = r.choice((":", "-")).join(pairs)
    return r.choice((text, text.upper()))


VALUES = {
    "SSN": ssn, "SSN9": lambda r: ssn(r).translate(str.maketrans("", "", "- .")), "ITIN": itin,
    "CARD": lambda r: grouped(r, card_digits(r)), "DATE": date, "MONTH": month, "DOB": dob, "PHONE": phone,
    "PHONE_LABELLED": phone_labelled, "EMAIL": email, "IP": ip, "IBAN": iban, "DEA": dea, "MBI": mbi,
    "VIN": vin, "ABA": aba, "UDI": udi, "NPI": npi, "STREET": street, "CITY": city, "ZIP": zip_code,
    "NAME": name, "SIGNER": signer, "FAMILY": lambda r: r.choice(FAMILY), "AGE": lambda r: str(r.randrange(90, 123)),
    "PO_BOX": lambda r: r.choice(("P.O. Box ", "PO Box ", "PO BOX ")) + shape(r, "*###"),
    "MRN": lambda r: shape(r, r.choice(("0*######", "*#######", "HX-########", "@*######", "MR*#####", "@@@@####"))),
    "ACCOUNT": lambda r: shape(r, r.choice(("*#########", "AC-#######", "@########", "#### #### ####", "@@@@@####"))),
    "PLAN": lambda r: shape(r, r.choice(("@@@*########", "W*########", "*##########", "H*###-###-##"))),
    "LICENSE": lambda r: shape(r, r.choice(("@*#######", "*########", "@@######", "@###-####-####", "@@@@@@@###@@"))),
    "DL": lambda r: shape(r, r.choice(("@*#######", "*########", "@###-####-####", "@###-###-##-###-#", "*## ### ###"))),
    "PLATE": lambda r: shape(r, r.choice(("*@@@###", "@@@-####", "@@@ ####", "### @@@"))),
    "DEVICE": lambda r: shape(r, r.choice(("@@@*######", "SN*#######", "*########", "GT-####-@", "@@@@####"))),
    "OTHER": lambda r: shape(r, r.choice(("@##-#####", "*#########", "*######", "CV-20##-#####", "##-#######"))),
    "MAC": mac,
    "URL": lambda r: r.choice(("https://", "http://", "www.")) + r.choice(HOSTS) +
    r.choice(("", "/chart/", "/p?id=")) + shape(r, "a##"),
}
NEAR = {
    "CARD": card_wrong, "VIN": vin_wrong, "ORDER": npi,
    "SSN": lambda r: shape(r, r.choice(("000-##-####", "666-##-####", "1##-00-####", "9##-4#-####"))),
    "DATE": lambda r: shape(r, r.choice(("202#-13-0*", "02/30/202#", "2023-02-29", "4*/0*/202#"))),
    "IP": lambda r: shape(r, r.choice(("3##.1#.2#.*", "10.6##.1#.*"))),
    "TIME": lambda r: f"{r.randrange(24):02}:{r.randrange(60):02}:{r.randrange(60):02}",
    "NUMBER": lambda r: shape(r, r.choice(("*#", "*##", "*###", "*####", "*######"))),
    "RESULT": lambda r: shape(r, r.choice(("*.#", "*##.#", "0.##", "*#"))),
    "HEX": lambda r: "".join(r.choice("abcdf0123456789") for _ in range(7)) + "c",
}
# Kinds of values under one label.
SAME = {"SSN9": "SSN", "MONTH": "DATE", "PHONE_LABELLED": "PHONE", "FAMILY": "NAME", "SIGNER": "NAME", "DL": "LICENSE"}
ROUNDS = 12


def fill(template, r):
    """(text, [Span])"""
    text, spans = "", []
    for i, part in enumerate(re.split(r"\{(~?[A-Z0-9_]+)\}", template)):
        if i % 2 == 0:
            text += part
        elif part.startswith("~"):
            text += NEAR[part[1:]](r)
        else:
            value = VALUES[part](r)
            spans.append(Span(SAME.get(part, part), len(text), len(text) + len(value)))
            text += value
    return text, spans


def texts(templates, seed):
    """Every template, filled ROUNDS times with other values."""
    r = random.Random(seed)
    lines = [line for line in templates.splitlines() if line and not line.startswith("#")]
    return [fill(line, r) for _ in range(ROUNDS) for line in lines]
