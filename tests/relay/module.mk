# The relay on real sockets; masking is a stand-in that is easy to foresee.

RELAY_TEST_OBJ := $(patsubst %.c,$(OUT)/obj/%.o,$(wildcard tests/relay/*.c))

$(OUT)/tests/relay: $(RELAY_TEST_OBJ) $(call obj,$(L2_IO) $(L0))
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -luring -lpthread

testprogs: $(OUT)/tests/relay
