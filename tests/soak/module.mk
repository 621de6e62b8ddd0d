# The long forms of the TCP tests, and then the daemon under random streams, against a model of what must
# arrive: SOAK_SECONDS, SOAK_ARGS.
.PHONY: soak
soak: soak-tcp
	@tools/setup build test
	@$(MAKE) --no-print-directory all
	@SCRIM_BUILD=$(abspath $(BUILD)) tests/soak/soak $(SOAK_ARGS)
