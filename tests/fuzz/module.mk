# Fuzz targets: fuzz_NAME.c, with seeds in seeds/NAME.
#
#   replay   by gcc, with the seeds alone: part of the unit tests' build, so also with sanitizers
#   fuzz     by clang, for libFuzzer: `make fuzz FUZZ_SECONDS=n`; all of its code is built anew, in
#            $(BUILD)/fuzz

FUZZ_SECONDS ?= 60
FUZZ_NAMES  := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_REPLAY := $(patsubst %,$(OUT)/replay/%,$(FUZZ_NAMES))

$(call obj,$(wildcard tests/fuzz/*.c)): CFLAGS_ALL += -Itests/unit

$(OUT)/replay/%: $(OUT)/obj/tests/fuzz/fuzz_%.o $(call obj,tests/fuzz/fuzz.c tests/fuzz/replay.c) \
		$(call obj,$(UNIT_SHARED)) $(OUT)/common.a $(OUT)/libscrim.a
	@mkdir -p $(@D)
	$(call run,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS) -lcriterion

unit: $(FUZZ_REPLAY)

FUZZ_OUT   := $(BUILD)/fuzz
FUZZ_FLAGS := -g -O1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
FUZZ_OBJ   := $(patsubst %.c,$(FUZZ_OUT)/obj/%.o,$(L0) $(L1) $(filter-out $(DAEMON_MAIN),$(L3)) \
	$(L2_IO) $(L2_KERN) $(UNIT_SHARED) tests/fuzz/fuzz.c)

$(foreach i,$(ISAS),$(eval $(FUZZ_OUT)/obj/user/scan/$(i).o: FUZZ_FLAGS += $(ISA_$(i))))

$(FUZZ_OUT)/obj/%.o: %.c $(SKEL)
	@mkdir -p $(@D)
	$(call run,fuzz-cc,$<)$(CLANG) -std=gnu17 -w $(FUZZ_FLAGS) -Iinclude -Itests/unit -I$(OUT)/bpf \
		-D_GNU_SOURCE -DSCRIM_VERSION='"$(VERSION)"' -MMD -MP -c -o $@ $<

$(patsubst %,$(FUZZ_OUT)/%,$(FUZZ_NAMES)): $(FUZZ_OUT)/%: $(FUZZ_OUT)/obj/tests/fuzz/fuzz_%.o $(FUZZ_OBJ)
	$(call run,fuzz-link,$@)$(CLANG) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LIBS) -lcriterion

-include $(shell find $(FUZZ_OUT)/obj -name '*.d' 2>/dev/null)

# Whether clang takes the code at all: without this, that would be seen by who fuzzes.
FUZZ_SYNTAX := $(filter-out $(patsubst %,user/scan/%.c,$(ISAS)),$(L0) $(L1)) $(wildcard tests/fuzz/*.c)

.PHONY: fuzz fuzz-programs fuzz-syntax
fuzz-syntax:
	@$(CLANG) -std=gnu17 -w -fsyntax-only -march=x86-64 -Iinclude -Itests/unit -D_GNU_SOURCE \
		-DSCRIM_VERSION='"$(VERSION)"' $(FUZZ_SYNTAX)

fuzz-programs: $(patsubst %,$(FUZZ_OUT)/%,$(FUZZ_NAMES))

fuzz:
	@tools/setup build test fuzz
	@$(MAKE) --no-print-directory fuzz-programs $(PROOF)
	@SCRIM_BUILD=$(BUILD) FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/fuzz
