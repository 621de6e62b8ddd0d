# The relay on real sockets; masking is a stand-in that is easy to foresee.

RELAY_TEST_OBJ := $(patsubst %.c,$(OUT)/obj/%.o,$(wildcard tests/relay/*.c))

# What overflow.c, waiting.c and zerocopy.c put themselves in front of.
RELAY_TEST_WRAPS := io_uring_queue_init_params io_uring_peek_batch_cqe io_uring_get_events pipe2

$(OUT)/tests/relay: $(RELAY_TEST_OBJ) $(call obj,$(L2_IO) $(L0))
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) $(RELAY_TEST_WRAPS:%=-Wl,--wrap=%) -o $@ $^ -luring -lpthread

testprogs: $(OUT)/tests/relay
