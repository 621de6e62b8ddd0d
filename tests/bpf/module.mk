# Programs of tests/bpf: `prog_run` runs the programs on packets, `hold` stands in for the daemon,
# `detach` for the command. They need the kernel's side alone, nothing of the engine. `pick` has the
# daemon's roles beside it.
BPF_TESTS := $(patsubst %,$(OUT)/tests/bpf/%,prog_run hold detach pick)

testprogs: $(BPF_TESTS)

$(call obj,$(wildcard tests/bpf/*.c)): CFLAGS_ALL += -I$(OUT)/bpf
$(call obj,$(wildcard tests/bpf/*.c)): $(SKEL)

$(OUT)/tests/bpf/%: $(OUT)/obj/tests/bpf/%.o $(call obj,tests/bpf/packets.c $(L2_KERN) $(L0))
	@mkdir -p $(@D)
	$(call run,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lbpf -lmnl

$(OUT)/tests/bpf/pick: $(OUT)/obj/tests/bpf/pick.o $(OUT)/common.a $(OUT)/libscrim.a
	@mkdir -p $(@D)
	$(call run,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)
