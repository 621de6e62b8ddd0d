# Programs of tests/bpf: `hold` stands in for the daemon, `detach` for the command.
BPF_TESTS := $(patsubst tests/bpf/%.c,$(OUT)/tests/bpf/%,$(wildcard tests/bpf/*.c))

testprogs: $(BPF_TESTS)

$(call obj,$(wildcard tests/bpf/*.c)): CFLAGS_ALL += -I$(OUT)/bpf
$(call obj,$(wildcard tests/bpf/*.c)): $(SKEL)

# The kernel's side alone: it needs nothing of the engine.
$(OUT)/tests/bpf/%: $(OUT)/obj/tests/bpf/%.o $(call obj,$(L2_KERN) $(L0))
	@mkdir -p $(@D)
	$(call run,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lbpf -lmnl
