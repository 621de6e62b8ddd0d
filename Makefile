# scrim: masks protected health information in live TCP streams.
#
#   make            builds build/scrimd, build/scrim, build/libscrim.a
#   make demo       as root: set-up, build, and the main job on a real stream
#   make test       as root: set-up, build, every test        make check   unprivileged: unit tests
#   make soak-tcp   as root: the long forms of the TCP tests
#   make bench      scan, relay, latency against their peers  make lint    layout and static analysis
#   make bench-scan  QUICK=1 for a short form; plots of its sweeps in build/bench-scan-*.svg
#   make arm64      the library and its tests for arm64, by a cross compiler
#   make test-kernels  the kernel's side and every mode on other kernels, emulated
#   make accuracy   how much of labelled text is found, and how much else is masked
#   make faults     as root: each allocation, system call and completion fails, one after another
#   make soak       as root: soak-tcp, and for SOAK_SECONDS=7200 random streams, cuts, ends, reloads
#   make takeovers  as root, TAKEOVERS=100: daemons take over from each other under load
#   make layers     no include points upwards                 make clean
#   make install    PREFIX= DESTDIR=; make uninstall: see dist/module.mk
#
# BUILD=dir puts the results elsewhere. SAN=1 builds with AddressSanitizer and UBSan.
# CROSS_COMPILE=aarch64-linux-gnu- builds the library for arm64.
# SETUP=0 keeps the targets from installing anything. V=1 prints the commands.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules -j$(shell nproc)
SHELL := /bin/bash

BUILD ?= build
ifeq ($(SAN),1)
OUT := $(BUILD)/san
else
OUT := $(BUILD)
endif

CC      := $(CROSS_COMPILE)gcc
AR      := $(CROSS_COMPILE)gcc-ar
CLANG   ?= clang-19
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool /usr/local/sbin/bpftool) bpftool)

# $(call run,what,on what) in front of a command: a short line instead of the command.
run = $(if $(V),,@echo "  $(1)	$(2)"; )

VERSION := $(shell cat VERSION 2>/dev/null)

WARN   := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith -Werror
CFLAGS ?= -O2 -g
CFLAGS_ALL := -std=gnu17 -fPIE -fstack-protector-strong $(WARN) $(CFLAGS) -Iinclude -D_GNU_SOURCE \
	-DSCRIM_VERSION='"$(VERSION)"' -MMD -MP
ifeq ($(SAN),1)
CFLAGS_ALL += -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -O1
LDFLAGS_ALL += -fsanitize=address,undefined
else
CFLAGS_ALL += -D_FORTIFY_SOURCE=2
endif
LDFLAGS_ALL += -pie -Wl,-z,relro,-z,now

# --- sources, by layer -----------------------------------------------------------------------

# Instruction sets that some processors of a kind have, and what their file is compiled for.
ISAS_x86_64  := sse42 avx2 avx512
ISAS_aarch64 := neon
ISA_sse42    := -msse4.2 -mpopcnt
ISA_avx2     := $(ISA_sse42) -mavx2 -mbmi -mbmi2 -mlzcnt
ISA_avx512   := $(ISA_avx2) -mavx512f -mavx512bw -mavx512vbmi -mavx512vbmi2 -maes -mvaes
ISAS         := $(ISAS_$(firstword $(subst -, ,$(shell $(CC) -dumpmachine 2>/dev/null))))
OTHER_ISAS   := $(filter-out $(ISAS),$(ISAS_x86_64) $(ISAS_aarch64))

L0 := $(wildcard user/base/*.c)
L1 := $(filter-out $(OTHER_ISAS:%=user/scan/%.c),\
	$(wildcard user/rules/*.c user/scan/*.c user/frame/*.c user/mask/*.c))
L2_IO   := $(wildcard user/io/*.c)
L2_KERN := $(wildcard user/kern/*.c)
L3 := $(wildcard user/*.c)
TOOLS := $(wildcard tools/*.c)

obj = $(patsubst %.c,$(OUT)/obj/%.o,$(1))

LIB_OBJ    := $(call obj,$(L0) $(L1))
DAEMON_MAIN := user/main.c
COMMON_OBJ := $(call obj,$(L2_IO) $(L2_KERN) $(filter-out $(DAEMON_MAIN),$(L3)))
BPF_SRC    := $(wildcard bpf/*.bpf.c)
SKEL       := $(patsubst bpf/%.bpf.c,$(OUT)/bpf/%.skel.h,$(BPF_SRC))

LIBS := -luring -lbpf -lfyaml -lmnl -lpthread

.PHONY: all
all: $(OUT)/libscrim.a $(OUT)/scrimd $(OUT)/scrim

$(call obj,$(L1)): CFLAGS_ALL += -Wconversion
$(foreach i,$(ISAS),$(eval $(OUT)/obj/user/scan/$(i).o: CFLAGS_ALL += $(ISA_$(i))))
$(call obj,$(L2_KERN) $(TOOLS)): CFLAGS_ALL += -I$(OUT)/bpf
$(call obj,$(L2_KERN)): $(SKEL)

$(OUT)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call run,cc,$<)$(CC) $(CFLAGS_ALL) -c -o $@ $<

$(OUT)/libscrim.a: $(LIB_OBJ)
	@rm -f $@
	$(call run,ar,$@)$(AR) rcs $@ $^

# What daemon and tools share above the library, apart from their main().
$(OUT)/common.a: $(COMMON_OBJ)
	@rm -f $@
	$(call run,ar,$@)$(AR) rcs $@ $^

$(OUT)/scrimd: $(call obj,$(DAEMON_MAIN)) $(OUT)/common.a $(OUT)/libscrim.a
	$(call run,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(OUT)/scrim: $(call obj,$(TOOLS)) $(OUT)/common.a $(OUT)/libscrim.a
	$(call run,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(OUT)/bpf/%.bpf.o: bpf/%.bpf.c $(wildcard bpf/*.h) include/scrim/abi.h
	@mkdir -p $(@D)
	$(call run,bpf,$<)$(CLANG) -O2 -g -target bpf -mcpu=v3 -Wall -Wextra -Werror -Iinclude -Ibpf \
		-idirafter /usr/include/$(shell $(CC) -dumpmachine) -c -o $@ $<

$(OUT)/bpf/%.skel.h: $(OUT)/bpf/%.bpf.o
	$(call run,skeleton,$@)$(BPFTOOL) gen skeleton $< name $(subst -,_,$*) > $@

# --- tests -----------------------------------------------------------------------------------

# Each tests/unit/test_*.c is a Criterion runner of its own; what they share is in the others.
UNIT_SRC    := $(wildcard tests/unit/test_*.c)
UNIT_SHARED := $(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c))
UNIT        := $(patsubst tests/unit/%.c,$(OUT)/unit/%,$(UNIT_SRC))

# With sanitizers the scanner is most of what the unit tests wait for.
ifeq ($(SAN),1)
$(call obj,$(wildcard user/scan/*.c)): CFLAGS_ALL += -O2
endif
# The oracles are slow by design and read a test's own memory only: they are spared the sanitizers.
$(call obj,$(wildcard tests/unit/*oracle.c)): CFLAGS_ALL += -fno-sanitize=all -O2

$(OUT)/unit/%: $(OUT)/obj/tests/unit/%.o $(call obj,$(UNIT_SHARED)) $(OUT)/common.a $(OUT)/libscrim.a
	@mkdir -p $(@D)
	$(call run,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS) -lcriterion -lpcre2-8 -lhs

# What is given back, and what is sent, goes by way of a test, wherever that is called.
$(OUT)/unit/test_wiped: LDFLAGS_ALL += -Wl,--wrap=free,--wrap=munmap
$(OUT)/unit/test_pool $(OUT)/unit/test_wiped: LDFLAGS_ALL += -Wl,--wrap=io_uring_register_buf_ring
$(OUT)/unit/test_counted: LDFLAGS_ALL += -Wl,--wrap=send,--wrap=sendmsg,--wrap=splice \
	-Wl,--wrap=io_uring_submit,--wrap=io_uring_submit_and_get_events \
	-Wl,--wrap=io_uring_submit_and_wait,--wrap=io_uring_submit_and_wait_timeout
$(OUT)/unit/test_counted: $(call obj,tests/relay/host.c tests/relay/peer.c)

.PHONY: unit
unit: $(UNIT)

# Other test and bench programs bring their own small makefile; so does what is installed.
include $(wildcard tests/*/module.mk bench/module.mk) dist/module.mk

# An eighth of what the longest unit tests repeat: in two minutes, building included. `make test` does all.
.PHONY: check
check: layers
	@SETUP=0 tools/setup build unit
	@$(MAKE) --no-print-directory SAN=1 unit all
	@SCRIM_SHARE=$${SCRIM_SHARE:-8} SCRIM_BUILD=$(BUILD) tests/run check

.PHONY: test
test:
	@tools/setup build test
	@$(MAKE) --no-print-directory all testprogs
	@$(MAKE) --no-print-directory arm64
	@$(MAKE) --no-print-directory SAN=1 unit all
	@SCRIM_BUILD=$(BUILD) tests/run test

.PHONY: testprogs
testprogs:

.PHONY: demo
demo:
	@tools/setup build
	@$(MAKE) --no-print-directory all $(OUT)/gen
	@SCRIM_BUILD=$(BUILD) tests/netns/demo

.PHONY: layers
layers:
	@tools/layers

C_FILES := $(shell git ls-files '*.c' '*.h' 2>/dev/null)

.PHONY: lint
lint: layers
	@tools/setup build test lint
	@$(MAKE) --no-print-directory fuzz-syntax
	@clang-format-19 --dry-run -Werror $(C_FILES)
	@cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr --error-exitcode=1 \
		-Iinclude -D_GNU_SOURCE user tools

.PHONY: format
format:
	clang-format-19 -i $(C_FILES)

.PHONY: clean
clean:
	rm -rf $(BUILD)

-include $(shell find $(OUT)/obj -name '*.d' 2>/dev/null)
