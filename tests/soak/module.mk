# The daemon under random streams, against a model of what must arrive: SOAK_SECONDS, SOAK_ARGS.
.PHONY: soak
soak:
	@tools/setup build test
	@$(MAKE) --no-print-directory all
	@SCRIM_BUILD=$(abspath $(BUILD)) tests/soak/soak $(SOAK_ARGS)
