/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names and street addresses, as far as their words tell: what kind of street ends an address,
 * and which words with a capital, behind a label of a name, are none.
 *
 * A list is written as one string of words in small letters with a space between them; the lists
 * share a hash table, made once, in which each word has a bit for each list that has it.
 */
#include "bytes.h"
#include "label.h"
#include "validate.h"
#include <pthread.h>
#include <string.h>

#define WORD_MAX  16 /* bytes of a word that is compared */
#define WORDS_MAX 12
/* Words that may stand behind the kind of street: its number, a direction, a unit and its number. */
#define BEHIND_MAX 4
#define SLOTS      4096 /* a power of two, some four times the words */
#define LIKELY     4096

struct word {
	const u8 *text;
	size_t len; /* the dot of an abbreviation left out */
};

/* A bit each. */
enum list {
	STREET_KINDS = 1,
	NUMBERED_KINDS = 2,
	DIRECTIONS = 4,
	UNITS = 8,
	NO_STREET = 16,
	TITLES = 32,
	MONTHS = 64,
	NO_NAME = 128,
	FAMILY = 256,
	FAMILY_LAST = 512,
	NO_CITY = 1024,
	NO_PERSON = 2048,
	NO_ONE = 4096,
};

static const struct {
	enum list list;
	const char *words;
} lists[] = {
	/*
	 * USPS Publication 28, appendix C1: kinds of street and their usual abbreviations, but those
	 * that notes write behind a number and a capital ("2 Recent Falls", "1 Carpal Tunnel").
	 */
	{STREET_KINDS,
	 "alley aly avenue ave av boulevard blvd circle cir court ct cove cv crescent "
	 "cres crossing xing drive dr expressway expy freeway fwy heights hts highway "
	 "hwy lane ln loop parkway pkwy pike place pl plaza plz point pt ridge rdg "
	 "road rd route rte row run square sq street st str terrace ter terr trail trl "
	 "turnpike tpke way arcade bend bluff bluffs brook brooks bypass canyon cape causeway "
	 "cliff cliffs commons corner corners creek crk crossroad crossroads dale dam divide "
	 "estate estates ferry flats ford forest forge forks fort garden gardens gateway glen "
	 "glens greens grove groves harbor harbors haven hill hills hollow island islands isle "
	 "knoll knolls lake lakes landing lodge manor manors meadow meadows mews mills motorway "
	 "mountain mountains orchard overpass park parks pine pines plains prairie ranch rapids "
	 "ridges river rue shoal shoals shore shores skyway springs squares stravenue streets "
	 "throughway trafficway underpass valley valleys viaduct village villages walks ways"},
	/* Kinds that a number follows: "State Route 7". */
	{NUMBERED_KINDS, "road rd route rte highway hwy box"},
	{DIRECTIONS, "n s e w ne nw se sw north south east west"},
	/* Appendix C2: designators of a part of a building. */
	{UNITS, "apt apartment bldg building dept department fl floor lot no rm room ste "
		"suite space trlr trailer unit #"},
	/* What stands between a number and one of them without being a street's name. */
	{NO_STREET, "am pm a.m p.m minute minutes min hour hours hr hrs day days week weeks month "
		    "months year years yr yrs mg mcg ml mm cm kg head chest slice by per and "
		    "plt platelet patients patient mr mrs ms view views repeat contrast"},
	/* "Dr" and "St" are also titles: "on 12 January Dr. Tesk". */
	{TITLES, "dr st"},
	{MONTHS, "january february march april may june july august september october november "
		 "december jan feb mar apr jun jul aug sep sept oct nov dec"},
	/* Words of forms and notes that stand where a name could. */
	{NO_NAME, "access account acct active address admits admitted afebrile after age "
		  "aged alert all allergies also alzheimer ambulating ambulatory and "
		  "appears appointments aprn arrived as aspirin assessment assistant "
		  "asthma at attending automated aware awake basic before billing birth "
		  "blood breast but by cad called caller calling calls cancer cardiology "
		  "care caused cc certified chart chf chest city client clients clinic "
		  "colleague complains complete consult consulted contact contacted copd "
		  "count crna ct customer date day dds dear deceased declined deductible "
		  "default demographics denies department dependent diabetes diagnosis "
		  "disease discharge discharged dob doctor does doses dr educated "
		  "education email emergency everyone expired facc facs false family fax "
		  "female financial first firstname fnp folks follow-up followed for from "
		  "fullname gender given has have he health healthy her here his history "
		  "home hospital hpi htn http hypertension id identification improved in "
		  "information instructions insurance internal intubated imaging "
		  "infectious inpatient invalid is it labs last lastname lcsw like lives "
		  "location looks lpn lung lupus madam male manager md med medical "
		  "medication medications medicine member metabolic metformin middlename "
		  "miss missing monitoring mr mrn mrs ms my n/a na name name's named names "
		  "nephrology neurosurgery no none not note notes notified np npi null "
		  "number nursing occupation of office on oncology or order orders "
		  "outpatient pa-c panel parent patient patients pending per pharmacy "
		  "pharmd phd phone physical physician plan please pmh policy portal "
		  "practitioner present presented presents primary priority procedure "
		  "process prof prostate provider proxy race radiology rate ratio re "
		  "reason rec records redacted refused refuses registration relationship "
		  "remains reports requests required resident resting results rights rn "
		  "room safety same satisfaction secondary see seen select self service "
		  "services sex she since sir sleeping spanish spelled ssn stable staff "
		  "state states status street string summary supportive surname system tbd "
		  "team tel tests text that the their there they this to today tolerated "
		  "tower transport triage true type unassigned unavailable underwent unit "
		  "unknown unspecified update urgent valued values varchar verbalized "
		  "verbalizes visit was we weight were where who with world xray yes "
		  "yesterday you your zip"},
	/* Likewise, but a street or a house may be called so. */
	{NO_ONE, "alive telephone ambulance interface claims illegible unable verified "
		 "evaluated gravida dementia contraindication occupational autism "
		 "schizophrenia ovarian reliable validation connection redness movement "
		 "walking desc nvarchar ilike stringutils proptypes faker can't "
		 "anesthetist contin thank"},
	/*
	 * Of sentences, departments and programs: some families have such names, and so it counts only where what stands in
	 * front says little.
	 */
	{NO_PERSON, "accounts acute admin administrator agent alter ambulated analyzer "
		    "anesthesia ankle answering appeal appointment asc assisted "
		    "authorization auto between bilateral blue build campus cannot cards "
		    "catheter chronic claim cluster column controlled covering daughter "
		    "denial dermatology desk diagnostics dietary digest distress doctors "
		    "domain dyspnea elbow ems endocrinology engine er error exam facility "
		    "failed failure father fever foley fracture gastroenterology gi glucose "
		    "group having held help hematology hip hospice housekeeping husband icu "
		    "infection initial injury insert intern joined knee lab left living ltc "
		    "memory microsoft module mother nausea neurology nurses nutrition "
		    "on-call oncoming ophthalmology optional ortho orthopedics paged pain "
		    "palliative payable pediatrics peds physicians picc pneumonia podiatry "
		    "police providers psychiatry psychology pt pulmonary pulmonology rales "
		    "receivable rehab relieving removed report resources respiratory "
		    "rheumatology right scheduled security sepsis server shelter shoulder "
		    "signs sister skilled skin slp snf sob social speech standard students "
		    "support surgery syndrome tech technician thanks therapy transferred "
		    "transportation trauma urology users valid vascular verbal virtual vital "
		    "vomiting warm weights wrist"},
	/* What stands right in front of "MI", "NC", "SC" and the like in notes, and ends no city's name. */
	{NO_CITY, "pain sepsis diabetes rash atraumatic normocephalic exam cannula insulin "
		  "lovenox heparin cancer headache stenosis melanoma tachycardia arthritis "
		  "glaucoma depression hypertension htn hyperlipidemia chf cad copd stroke "
		  "cva asthma dyspnea nausea vomiting fever disease failure syndrome "
		  "infection injury fracture pneumonia obesity anemia edema murmur "
		  "morphine alcohol dementia anxiety smoking ischemia angina acute chronic "
		  "history consult follow-up discharge alert oriented distress nose throat "
		  "abdomen pupils regurgitation prolapse valve medication medications "
		  "daily weekly dose injection wound wounds chemo chemotherapy radiation "
		  "surgery"},
	/* Of these, those that families are called by: "Day, Doris"; and those that stand behind a name for no other reason. */
	{FAMILY, "blood day he male no self street"},
	{FAMILY_LAST, "day self"},
};

/* A word and the lists that have it; an empty slot has none. */
struct slot {
	u64 key[2];
	unsigned int lists;
};
static struct slot slots[SLOTS];

/*
 * Most words are in no list. By how a word begins and ends and by its length: the lists that have such a
 * word, so that the others need not be looked up.
 */
static u16 likely[LIKELY];

static u16 *likely_lists(const u8 *text, size_t len)
{
	return &likely[(byte_lower(text[0]) + 31u * byte_lower(text[len - 1]) + 97 * len) % LIKELY];
}

static size_t slot_of(const u64 key[2])
{
	return (size_t)((key[0] * 0x9e3779b97f4a7c15 ^ key[1] * 0xc2b2ae3d27d4eb4f) >> 52) % SLOTS;
}

/* Small letters of text[0, len), len <= WORD_MAX, as two numbers. */
static void key_of(const u8 *text, size_t len, u64 ret_key[2])
{
	u8 bytes[WORD_MAX] = {0};

	for (size_t i = 0; i < len; i++)
		bytes[i] = byte_lower(text[i]);
	memcpy(ret_key, bytes, sizeof(bytes));
}

/* Where the word is, or the slot that it would be put in. */
static struct slot *slot_find(const u64 key[2])
{
	size_t at = slot_of(key);

	while (slots[at].lists && (slots[at].key[0] != key[0] || slots[at].key[1] != key[1]))
		at = (at + 1) % SLOTS;
	return &slots[at];
}

static void fill_slots(void)
{
	for (size_t i = 0; i < array_size(lists); i++) {
		const char *word = lists[i].words;

		while (*word) {
			size_t len = strcspn(word, " ");
			struct slot *slot;
			u64 key[2];

			key_of((const u8 *)word, len, key);
			slot = slot_find(key);
			memcpy(slot->key, key, sizeof(key));
			slot->lists |= lists[i].list;
			*likely_lists((const u8 *)word, len) |= (u16)lists[i].list;
			word += len + (word[len] == ' ');
		}
	}
}

void words_prepare(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, fill_slots);
}

static bool word_is_in(struct word w, unsigned int list)
{
	u64 key[2];

	if (!w.len || w.len > WORD_MAX || !(*likely_lists(w.text, w.len) & list))
		return false;
	key_of(w.text, w.len, key);
	return slot_find(key)->lists & list;
}

/* The words of text, parted by spaces, commas, carets and what closes a bracket; 0 if there are more than WORDS_MAX. */
static size_t words_of(const u8 *text, size_t len, struct word *ret_words)
{
	size_t n = 0, from = 0, dot;

	for (size_t i = 0; i <= len; i++) {
		if (i < len && text[i] != ' ' && text[i] != ',' && text[i] != '^' && text[i] != ')')
			continue;
		if (i > from) {
			if (n == WORDS_MAX)
				return 0;
			dot = text[i - 1] == '.';
			ret_words[n++] = (struct word){text + from, i - from - dot};
		}
		from = i + 1;
	}
	return n;
}

/* Two capitals are a region scanned or a lead, unless the street is in capitals as well. */
static bool kind_of_street(const struct word *w, size_t i)
{
	if (!word_is_in(w[i], STREET_KINDS))
		return false;
	if (w[i].len != 2 || !byte_is_upper(w[i].text[1]))
		return true;
	return w[0].len > 1 && w[i - 1].len > 1 && byte_is_upper(w[i - 1].text[1]);
}

/* "5th Floor". */
static bool story(const struct word *w, size_t i)
{
	return byte_is_digit(w[i].text[0]) && byte_lower(w[i + 1].text[0]) == 'f' &&
	       word_is_in(w[i + 1], UNITS);
}

/* How many words from i on belong behind the kind of street: a direction, a unit. */
static size_t behind_kind(const struct word *w, size_t n, size_t i)
{
	size_t from = i;

	if (i < n && byte_is_digit(w[i].text[0]) && word_is_in(w[i - 1], NUMBERED_KINDS))
		i++;
	if (i < n && word_is_in(w[i], DIRECTIONS))
		i++;
	if (i < n && w[i].text[0] == '#' && w[i].len > 1)
		i++;
	else if (i + 1 < n && (word_is_in(w[i], UNITS) || story(w, i)))
		i += 2;
	return i - from;
}

/* A ZIP code stands behind a street, and what comes after that is another sentence's. */
static bool zip_like(struct word w)
{
	return w.len >= 5 && byte_is_digit(w.text[0]) && byte_is_digit(w.text[w.len - 1]);
}

static bool no_street(const struct word *w, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (word_is_in(w[i], NO_STREET) || zip_like(w[i]))
			return true;
	return false;
}

/*
 * One to three words of a name and an apartment make an address, whatever kind of street it is; a suite does
 * where both numbers are of a house, for tests come in suites.
 */
static bool leads_to_unit(const struct word *w, size_t n)
{
	if (n < 4 || n > 6 || !word_is_in(w[n - 2], UNITS) || !byte_is_digit(w[n - 1].text[0]))
		return false;
	if (byte_lower(w[n - 2].text[0]) != 'a' &&
	    (byte_lower(w[n - 2].text[0]) != 's' || w[0].len < 3 || w[n - 1].len < 3))
		return false;
	return !no_street(w, n - 2);
}

/* A number, at least one word of a name, a kind of street, and what may follow it. */
bool validate_street(const u8 *text, size_t len)
{
	struct word w[WORDS_MAX];
	size_t n = words_of(text, len, w);

	if (leads_to_unit(w, n))
		return true;
	for (size_t i = n - 1; i >= 2 && i < n && i + 1 + BEHIND_MAX >= n; i--) {
		if (!kind_of_street(w, i) || i + 1 + behind_kind(w, n, i + 1) != n)
			continue;
		if (no_street(w, i))
			return false;
		return !word_is_in(w[i], TITLES) || !word_is_in(w[i - 1], MONTHS);
	}
	return false;
}

/* Whether a sentence ends behind w[i], and another word follows: "Rd. Moved", not "Rd. Apt 4", "N. Elm". */
static bool sentence_ends(const struct word *w, size_t n, size_t i)
{
	bool brief = w[i].len <= 2 && !byte_is_digit(w[i].text[w[i].len - 1]) &&
		     (i < 2 || !word_is_in(w[i], STREET_KINDS));

	return i + 1 < n && !brief && !word_is_in(w[i], UNITS) && w[i].text[w[i].len] == '.' &&
	       !behind_kind(w, n, i + 1);
}

/* What a label says is an address: not into the next sentence, nor into the next field of a form. */
bool validate_address(const u8 *text, size_t len)
{
	struct word w[WORDS_MAX];
	size_t n = words_of(text, len, w);

	for (size_t i = 0; i < n; i++)
		if (sentence_ends(w, n, i) ||
		    (word_is_in(w[i], NO_NAME) && !word_is_in(w[i], STREET_KINDS)))
			return false;
	return n > 1;
}

/* Whether w[i] is a family's name, though forms have that word, too; `first` says that one may stand first by itself. */
static bool is_family(const struct word *w, size_t n, size_t i, bool first)
{
	if (i)
		return i + 1 == n && word_is_in(w[i], FAMILY_LAST);
	first |= n > 1 && (w[0].text[w[0].len] == ',' || w[0].text[w[0].len] == '^');
	return first && word_is_in(w[0], FAMILY);
}

/* Whether none of the words is in the lists `no`, but for families. */
static bool may_be_called(const u8 *text, size_t len, bool first, unsigned int no)
{
	struct word w[WORDS_MAX];
	size_t n = words_of(text, len, w);

	for (size_t i = 0; i < n; i++)
		if (word_is_in(w[i], no) && !is_family(w, n, i, first))
			return false;
	return n > 0;
}

/* No word is one of a form's or a sentence's. */
bool validate_name(const u8 *text, size_t len)
{
	return may_be_called(text, len, false, NO_NAME | NO_ONE);
}

/* Where what stands in front says little. */
bool validate_whole_name(const u8 *text, size_t len)
{
	return may_be_called(text, len, false, NO_NAME | NO_ONE | NO_PERSON);
}

/* "Chest Pain, MI" is no city of Michigan. */
bool validate_city(const u8 *text, size_t len)
{
	struct word w[WORDS_MAX];
	size_t n = words_of(text, len, w), last = 0;

	while (last + 1 < n && w[last].text[w[last].len] != ',')
		last++;
	return n && !word_is_in(w[last], NO_CITY);
}

/* Behind a title, where the word alone may be a name: "Dr. Day". */
bool validate_titled_name(const u8 *text, size_t len)
{
	return may_be_called(text, len, true, NO_NAME | NO_ONE);
}

/* In front of what its bearer has learnt: "Odette Tesk, MD", "O. Tesk, DO,". */
bool validate_learned_name(const u8 *text, size_t len)
{
	size_t end = len - 1;

	while (end > 0 && text[end - 1] != ',')
		end--;
	return end > 1 && validate_whole_name(text, end - 1);
}
