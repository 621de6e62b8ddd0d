# The project's generator: messages with values planted and the truth about them, and the
# corpora of the benches. Of the library it has no code, so that it cannot share its faults.
testprogs: $(OUT)/gen

$(OUT)/gen: $(call obj,$(wildcard tests/gen/*.c))
	$(call run,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $^
