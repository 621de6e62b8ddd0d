# Benches: how scrim's scanner and relay stand against their peers, side by side, in one run.
# Each of them prints a table and writes build/bench-{scan,relay,latency}.json.

BENCH := $(OUT)/bench
SCAN_OBJ := $(patsubst %,$(OUT)/obj/bench/%.o,scan race sweeps grid drive scan_report contender \
	peer peer_vectorscan peer_pcre2 site_rules)

$(BENCH)/null_relay: $(OUT)/obj/bench/null_relay.o
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -luring

$(BENCH)/splice_relay: $(OUT)/obj/bench/splice_relay.o
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^

$(BENCH)/epoll_relay: $(patsubst %,$(OUT)/obj/bench/%.o,epoll_relay peer peer_vectorscan peer_pcre2) \
		$(OUT)/libscrim.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lhs -lpcre2-8

$(BENCH)/load $(BENCH)/churn: $(BENCH)/%: $(OUT)/obj/bench/%.o $(OUT)/obj/bench/measure.o
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^

$(BENCH)/requests: $(patsubst %,$(OUT)/obj/bench/%.o,requests echo measure)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^

$(BENCH)/scan: $(SCAN_OBJ) $(OUT)/libscrim.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lhs -lpcre2-8

# Text from the project's generator: the same bytes on every machine.
SCAN_TEXTS := $(addprefix $(BENCH)/,$(addsuffix .txt,clean unique mix digits misses hl7 \
	density-10000 density-1000 density-100 density-1))

$(BENCH)/hl7.txt: $(OUT)/gen
	@mkdir -p $(@D)
	$< hl7 --messages 1000 > $@

$(BENCH)/density-%.txt: $(OUT)/gen
	@mkdir -p $(@D)
	$< bench-density --every $* --bytes 1048576 > $@

$(BENCH)/%.txt: $(OUT)/gen
	@mkdir -p $(@D)
	$< bench-$* --bytes 16777216 > $@

# What bench/relay, bench/latency, bench/connections and bench/profile need, to be run with options of one's own.
.PHONY: bench-programs
bench-programs: all $(addprefix $(BENCH)/,null_relay epoll_relay splice_relay load requests churn log.txt)

.PHONY: bench bench-scan bench-relay bench-latency bench-profile
bench: bench-scan
	@$(MAKE) --no-print-directory bench-relay
	@$(MAKE) --no-print-directory bench-latency

bench-scan:
	@tools/setup build bench
	@$(MAKE) --no-print-directory $(BENCH)/scan $(SCAN_TEXTS)
	@$(BENCH)/scan $(if $(QUICK),--quick) $(BENCH) $(BUILD)/bench-scan.json
	@bench/plot $(BUILD)/bench-scan.json $(BUILD)

bench-relay:
	@tools/setup build bench
	@$(MAKE) --no-print-directory bench-programs
	@SCRIM_BUILD=$(BUILD) bench/relay

bench-latency:
	@tools/setup build bench
	@$(MAKE) --no-print-directory bench-programs
	@SCRIM_BUILD=$(BUILD) bench/latency
	@SCRIM_BUILD=$(BUILD) bench/connections

# Where scrim's time goes; not a part of `make bench`, for it compares nothing.
bench-profile:
	@tools/setup build bench
	@$(MAKE) --no-print-directory bench-programs
	@SCRIM_BUILD=$(BUILD) bench/profile
