# The long forms of tests that take seconds in make test: a zero window for a minute, readers that stand
# still for three, a million short connections. As root.

.PHONY: soak-tcp
soak-tcp:
	@tools/setup build test
	@$(MAKE) --no-print-directory all
	@SCRIM_BUILD=$(BUILD) SCRIM_ZERO_WINDOW=60 tests/netns/test-tcp "takes nothing"
	@SCRIM_BUILD=$(BUILD) SCRIM_STALL=180 tests/netns/test-limits "1,000 readers"
	@SCRIM_BUILD=$(BUILD) SCRIM_CHURN=1000000 tests/netns/test-tcp-peers "hort connections"
