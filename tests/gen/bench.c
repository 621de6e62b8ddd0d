/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The corpora of the benches.
 *
 *   clean   logs of a clinical system, nothing in them that a built-in rule finds: times without
 *           dates, counters, hexadecimal ids, no label in front of a number
 *   mix     HL7 messages and FHIR-like JSON, a value every 80 bytes or so
 *   unique  the same, with a word in each line that no other line has
 *   digits  tables of numbers, among them some in the shape of a rule whose check refuses them
 *   misses  full of those
 *   log     a date, an IPv4 address, and clean text
 *   density clean text with a value on a line of its own every so many bytes
 */
#include "hl7.h"
#include <stdio.h>
#include <stdlib.h>

static const char *const clean[] = {
	"<time> <INFO|INFO|DEBUG> lab-router[<#4>]: queue depth <#2>, <#3> messages acknowledged "
	"in "
	"<#2>.<#1> ms",
	"<time> INFO  interface-engine: channel <adt-in|orders-out|results-in> thread <#2> "
	"processed "
	"ORU^R01 segments=<#2> bytes=<#5>",
	"<time> DEBUG pacs.store: object <x8>-<x4>-<x4> written to volume <a|b|c>/<x2>/<x2>, <#6> "
	"bytes",
	"<time> WARN  scheduler: slot cache miss for resource <MRI|CT|US>-<#1>, rebuilding (<#3> "
	"entries)",
	"<time> INFO  pharmacy.rules: interaction check finished, <#2> pairs, 0 severe, <#1> "
	"moderate",
	"<time> DEBUG session <x16> renewed, idle <#3> s, pool <#2>/<#2>",
	"<time> INFO  hl7.parser: OBX of type NM accepted, code <#4>-<#1>^Glucose^LN, value "
	"1<#2>.<#1> "
	"mg/dL",
	"<time> ERROR storage: checksum <x8> differs from <x8> in block <#5>, read again",
	"<time> INFO  ward-display: bed <#2> vitals pulse=<#2> spo2=9<#1> resp=1<#1> temp=36.<#1>",
	"<time> DEBUG gc: heap <#4> MiB, pause <#1>.<#3> ms, survivors <#2> %",
	"<time> INFO  dictation: job <x8> transcribed, <#3> words, confidence 0.9<#1>",
	"<time> INFO  build 7.<#1>.<#2> started with <#2> workers and <#1> replicas; waiting for "
	"the "
	"first heartbeat",
	"<time> DEBUG cache=terminology hit=<#5> miss=<#3> evict=<#2> ratio=0.<#3>",
	"<time> NOTICE audit: role <nurse|pharmacist|technician> opened worklist <x8>, <#2> rows, "
	"filter \"<unsigned|critical|pending>\"",
};

static const char *const json[] = {
	"{\"resourceType\":\"Patient\",\"id\":\"<x8>\",\"identifier\":[{\"system\":\"us-ssn\","
	"\"value\":\"<ssn>\"},{\"type\":\"MRN\",\"value\":\"<mrn>\"}],\"name\":[{\"text\":\"<name>"
	"\"}],"
	"\"telecom\":[{\"system\":\"phone\",\"value\":\"<phone>\"},{\"system\":\"email\",\"value\":"
	"\"<email>\"}],\"birthDate\":\"<iso-dob>\",\"address\":[{\"line\":[\"<street>\"],\"city\":"
	"\"<city>\",\"state\":\"<state>\",\"postalCode\":\"<zip>\"}]}",
	"{\"resourceType\":\"Observation\",\"id\":\"<x8>\",\"status\":\"final\",\"code\":{"
	"\"coding\":"
	"[{\"system\":\"http://loinc.org\",\"code\":\"2345-7\"}]},\"effectiveDateTime\":"
	"\"<iso-date>T10:<#2>:00Z\",\"valueQuantity\":{\"value\":1<#2>,\"unit\":\"mg/"
	"dL\"},\"note\":"
	"[{\"text\":\"Called <phone> on <date>\"}]}",
	"{\"resourceType\":\"AuditEvent\",\"recorded\":\"<iso-date>T08:15:<#2>Z\",\"agent\":"
	"[{\"requestor\":true,\"network\":{\"address\":\"<ip>\"},\"who\":{\"display\":\"<email>\"}}"
	"]}",
	"{\"resourceType\":\"Claim\",\"created\":\"<iso-date>\",\"provider\":{\"npi\":\"<npi>\"},"
	"\"payment\":{\"card\":\"<card>\"},\"period\":{\"start\":\"<iso-date>\",\"end\":"
	"\"<iso-date>\"}}",
};

static const char *const tables[] = {
	"<#5>\t<#3>.<#2>\t<#2>.<#3>\t<#4>.<#1>\t<#1>.<#4>\t<#3>\t<#5>\t0.<#3>\t0.<#3>\t<#2>.<#3>\t<"
	"#4>",
	"[<#4>,<#5>,<#3>,<#4>,<#2>,<#5>,<#1>,<#4>,<#5>,<#3>,<#4>,<#2>,<#5>,<#1>,<#4>,<#5>,<#3>]",
	"x=<#3>.<#3> y=<#3>.<#3> z=<#2>.<#4> n=<#6> vx=0.<#4> vy=0.<#4> vz=0.<#4> t=<#5>.<#3>",
	"<time> <#4> <#3> <#2>.<#1> <#5> <#2>.<#2>% <#4> <#3> <#2>.<#1> <#5> <#2>.<#2>% <#3>.<#3>",
	"<#3>;<#3>;<#2>;<#4>;<#1>.<#2>;<#2>.<#1>;<#3>;<#5>;<#2>;<#4>;<#1>.<#2>;<#2>.<#1>;<#3>;<#5>;"
	"<#2>",
};

static const char *const misses[] = {
	"<x4> ref <ssn-never> card <card-wrong> qty <#3> price <#2>.<#2> lot <x4>",
	"day <date-never> net <ip-never> seq <#5> crc <x8> weight <#2>.<#3>",
	"npi <npi-wrong> was entered, rack <#1>-<#1>-<#1>, rows <#3>/<#3>, sum <#6>",
	"<#5>;<#4>;<card-wrong>;<#2>.<#3>;<ssn-never>;<#5>;<date-never>;0.<#4>",
	"plate <#1>x<#1> wells <#2>:<#2>:<#2> od 0.<#3> 0.<#3> 0.<#3> id <ssn-never>",
	"[<#5>,<#4>,<#5>,<#3>] \"<ip-never>\" (<card-wrong>) {<date-never>}",
};

static const char *const logs[] = {
	"<iso-date>T<time>Z gw-<#1> <INFO|WARN|DEBUG> <ip> <GET|PUT|POST> /fhir/Observation/<x8> "
	"status=200 bytes=<#4> <#2>ms",
	"<iso-date> <time> app[<#4>]: session <x8> from <ip> renewed, pool <#2>/<#2>, "
	"<#3> requests waiting",
	"<iso-date> <time> mllp: peer <ip> sent <#3> messages, <#5> bytes, all acknowledged",
};

static const char *const values[] = {"<ssn>", "<phone>", "<email>", "<ip>", "<iso-date>", "<card>"};

static void mixed(struct rng *r, const struct person *p, u64 seed, u64 i, struct buf *b)
{
	struct msg m = {.style = {.segment_end = "\n"}};

	if (!rng_one_in(r, 3)) {
		expand_buf(rng_pick(r, json), r, p, b);
		return;
	}
	message_make(&m, seed, i);
	buf_put(b, m.b.p, m.b.len - 1);
	message_free(&m);
}

static void record(const struct bench_text *t, struct rng *r, u64 i, bool value, struct buf *b)
{
	struct person p;

	person_make(&p, r);
	if (value)
		expand_buf(rng_pick(r, values), r, &p, b);
	else if (t->corpus == CORPUS_CLEAN || t->corpus == CORPUS_UNIQUE ||
		 t->corpus == CORPUS_DENSITY)
		expand_buf(rng_pick(r, clean), r, &p, b);
	else if (t->corpus == CORPUS_MIX)
		mixed(r, &p, t->seed, i, b);
	else if (t->corpus == CORPUS_MISSES || (t->corpus == CORPUS_DIGITS && rng_one_in(r, 6)))
		expand_buf(rng_pick(r, misses), r, &p, b);
	else if (t->corpus == CORPUS_DIGITS)
		expand_buf(rng_pick(r, tables), r, &p, b);
	else
		expand_buf(rng_pick(r, logs), r, &p, b);
	if (t->corpus == CORPUS_UNIQUE)
		expand_buf(" (<w12>)", r, &p, b);
	buf_str(b, "\n");
}

static void write_all(const char *p, size_t len)
{
	if (fwrite(p, 1, len, stdout) != len)
		die("standard output cannot be written");
}

void bench_write(const struct bench_text *t)
{
	u64 done = 0, values_done = 0;
	struct buf b = {0};
	struct rng r;

	rng_seed(&r, t->seed, 1000 + (u64)t->corpus);
	for (u64 i = 0;; i++) {
		bool value = t->every && values_done <= done / t->every;

		b.len = 0;
		record(t, &r, i, value, &b);
		if (b.len > t->bytes - done)
			break;
		write_all(b.p, b.len);
		done += b.len;
		values_done += value;
	}
	for (; done < t->bytes; done++)
		write_all(done + 1 < t->bytes ? "." : "\n", 1);
	free(b.p);
}
