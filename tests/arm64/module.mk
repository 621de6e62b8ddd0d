# The library and its unit tests for arm64: built by a cross compiler, with a small stand-in for
# Criterion, and run by qemu-user. `make arm64`, in $(BUILD)/arm64; tests/arm64/run-all runs them.

ARM64_COMPILE ?= aarch64-linux-gnu-

.PHONY: arm64
testprogs: $(OUT)/portable/streams
arm64:
	@$(MAKE) --no-print-directory CROSS_COMPILE=$(ARM64_COMPILE) BUILD=$(BUILD)/arm64 SAN=0 portable

# Those of scanning and masking that emulation does not make too slow.
PORTABLE_TESTS := allow arena escape fill hl7_fields isa memo outline pattern scan scan_isa \
	scan_site stream_splits tail validate
PORTABLE_SHARED := $(filter-out tests/unit/config_text.c,$(UNIT_SHARED)) # configurations are the daemon's
PORTABLE       := $(OUT)/portable/streams $(PORTABLE_TESTS:%=$(OUT)/portable/test_%)
portable_obj    = $(patsubst %.c,$(OUT)/portable/obj/%.o,$(1))

.PHONY: portable
portable: $(PORTABLE)

$(OUT)/portable/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call run,cc,$<)$(CC) $(CFLAGS_ALL) -Itests/arm64 -c -o $@ $<

$(OUT)/portable/test_%: $(OUT)/portable/obj/tests/unit/test_%.o \
		$(call portable_obj,$(PORTABLE_SHARED) tests/arm64/criterion/criterion.c) $(OUT)/libscrim.a
	$(call run,link,$@)$(CC) -static-pie -o $@ $^

$(OUT)/portable/streams: $(call portable_obj,tests/arm64/streams.c) $(OUT)/libscrim.a
	$(call run,link,$@)$(CC) -static-pie -o $@ $^

-include $(shell find $(OUT)/portable/obj -name '*.d' 2>/dev/null)
