# How much the built-in rules find of labelled text, and how much they mask besides.
testprogs: $(OUT)/spans

$(OUT)/spans: $(OUT)/obj/tests/accuracy/spans.o $(OUT)/libscrim.a
	$(call run,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lpthread

.PHONY: accuracy
accuracy:
	@tools/setup build
	@$(MAKE) --no-print-directory all $(OUT)/spans
	@SCRIM_BUILD=$(BUILD) tests/accuracy/run-all
