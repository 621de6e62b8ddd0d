# Files cut in two at every offset.
testprogs: $(OUT)/cuts

$(OUT)/cuts: $(OUT)/obj/tests/corpora/cuts.o $(OUT)/libscrim.a
	$(call run,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lpthread
