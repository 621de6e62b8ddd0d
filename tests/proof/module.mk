# Larger proofs, of code as it runs: without sanitizers. Each test_*.c is a Criterion runner.
PROOF_SRC    := $(wildcard tests/proof/test_*.c)
PROOF_SHARED := $(filter-out $(PROOF_SRC),$(wildcard tests/proof/*.c)) $(UNIT_SHARED)
PROOF        := $(patsubst tests/proof/%.c,$(OUT)/proof/%,$(PROOF_SRC))

$(call obj,$(wildcard tests/proof/*.c)): CFLAGS_ALL += -Itests/unit

$(OUT)/proof/%: $(OUT)/obj/tests/proof/%.o $(call obj,$(PROOF_SHARED)) $(OUT)/common.a $(OUT)/libscrim.a
	@mkdir -p $(@D)
	$(call run,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS) -lcriterion -lpcre2-8 -lhs

testprogs: $(PROOF)
