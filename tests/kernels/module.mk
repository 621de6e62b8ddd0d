# The same tests on other kernels, each booted under emulation: tests/kernels/run says how.
#
#   make test-kernels                         Debian's 6.1, 6.12 and 7; its 5.10, which is refused
#   make test-kernels KERNELS=6.1             one of them
#   make test-kernels KERNELS=7 TESTS=tests/netns/test-gateway   another runner in one guest (slow)
KERNELS ?= 5.10 6.1 6.12 7
TESTS ?=

.PHONY: test-kernels
test-kernels:
	@tools/setup build test kernels
	@$(MAKE) --no-print-directory all testprogs
	@SCRIM_BUILD=$(BUILD) KERNELS="$(KERNELS)" TESTS="$(TESTS)" tests/kernels/run
