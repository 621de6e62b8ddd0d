# Benches: how scrim's scanner and relay stand against their peers, side by side, in one run.
# bench-scan and bench-relay print a table and write build/bench-{scan,relay}.json.

BENCH := $(OUT)/bench

$(BENCH)/%: $(OUT)/obj/bench/%.o
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(BENCH_LIBS)

$(BENCH)/null_relay: BENCH_LIBS := -luring

.PHONY: bench bench-relay benchprogs
benchprogs: $(BENCH)/null_relay $(BENCH)/load

bench: bench-relay

bench-relay:
	@tools/setup build bench
	@$(MAKE) --no-print-directory all testprogs benchprogs
	@SCRIM_BUILD=$(BUILD) bench/relay
