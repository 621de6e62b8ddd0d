# inject.so goes in front of a program's libraries and fails what it calls. It is built without
# sanitizers, for programs with and without them.
INJECT_OBJ := $(call obj,$(wildcard tests/faults/*.c))

$(INJECT_OBJ): CFLAGS_ALL += -fPIC -ftls-model=initial-exec -U_FORTIFY_SOURCE -fno-builtin

$(OUT)/tests/inject.so: $(INJECT_OBJ)
	@mkdir -p $(@D)
	$(call run,link,$@)$(CC) -shared -o $@ $^ -ldl

testprogs: $(OUT)/tests/inject.so
