# The long form of the load over which daemons take over from each other.

TAKEOVERS ?= 100

.PHONY: takeovers
takeovers:
	@tools/setup build test
	@$(MAKE) --no-print-directory all
	@SCRIM_BUILD=$(BUILD) SCRIM_TAKEOVERS=$(TAKEOVERS) tests/takeover/run-all under_load
	@SCRIM_BUILD=$(BUILD) SCRIM_TAKEOVERS=$(TAKEOVERS) tests/netns/test-takeover "under load"
