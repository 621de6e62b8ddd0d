# inject.so goes in front of a program's libraries and fails what it calls. It is built without
# sanitizers, for programs with and without them.
INJECT_OBJ := $(call obj,$(wildcard tests/faults/*.c))

$(INJECT_OBJ): CFLAGS_ALL += -fPIC -ftls-model=initial-exec -U_FORTIFY_SOURCE -fno-builtin

$(OUT)/tests/inject.so: $(INJECT_OBJ)
	@mkdir -p $(@D)
	$(call run,link,$@)$(CC) -shared -o $@ $^ -ldl

testprogs: $(OUT)/tests/inject.so

# All of them, one after another; make test runs a part.
.PHONY: faults
faults:
	@tools/setup build test
	@$(MAKE) --no-print-directory all testprogs
	@$(MAKE) --no-print-directory SAN=1 all
	@SCRIM_BUILD=$(abspath $(BUILD)) tests/faults/run-all --all
