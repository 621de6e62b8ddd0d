# What is installed, and where: the daemon, the command line, the library with its headers, man pages,
# completion, and units of systemd.
#
#   make install [PREFIX=/usr/local] [DESTDIR=]      make uninstall, with the same words
#
# DESTDIR is put in front of every path when files are copied, and stands in none of them.

PREFIX      ?= /usr/local
BINDIR      ?= $(PREFIX)/bin
SBINDIR     ?= $(PREFIX)/sbin
LIBDIR      ?= $(PREFIX)/lib
INCLUDEDIR  ?= $(PREFIX)/include
MANDIR      ?= $(PREFIX)/share/man
COMPLETIONS ?= $(PREFIX)/share/bash-completion/completions
UNITDIR     ?= $(PREFIX)/lib/systemd/system
SYSCONFDIR  ?= /etc

# Public headers of the library: those of scrim/masker.h, and what they include.
LIB_HEADERS := abi base err flow frame identifier mask masker rules scan

# mode:file:where it goes
INSTALLED := \
	755:$(OUT)/scrim:$(BINDIR)/scrim \
	755:$(OUT)/scrimd:$(SBINDIR)/scrimd \
	644:$(OUT)/libscrim.a:$(LIBDIR)/libscrim.a \
	644:$(OUT)/dist/libscrim.pc:$(LIBDIR)/pkgconfig/libscrim.pc \
	$(foreach h,$(LIB_HEADERS),644:include/scrim/$(h).h:$(INCLUDEDIR)/scrim/$(h).h) \
	$(foreach m,$(wildcard dist/man/*.[1-8]),644:$(m):$(MANDIR)/man$(subst .,,$(suffix $(m)))/$(notdir $(m))) \
	$(foreach c,scrim scrimd,644:dist/completion.bash:$(COMPLETIONS)/$(c)) \
	$(foreach u,$(wildcard dist/systemd/*.in),644:$(OUT)/$(u:.in=):$(UNITDIR)/$(notdir $(u:.in=)))

field = $(word $(1),$(subst :, ,$(2)))

# Written each time, for the words on the command line may have changed.
$(OUT)/dist/%: dist/%.in FORCE
	@mkdir -p $(@D)
	@sed $(foreach v,PREFIX BINDIR SBINDIR LIBDIR INCLUDEDIR SYSCONFDIR VERSION,-e 's|@$(v)@|$($(v))|g') $< > $@

.PHONY: FORCE install uninstall
FORCE:

install: all $(filter $(OUT)/dist/%,$(foreach i,$(INSTALLED),$(call field,2,$(i))))
	@$(foreach i,$(INSTALLED),install -D -m $(call field,1,$(i)) $(call field,2,$(i)) '$(DESTDIR)$(call field,3,$(i))' && ) true
	@echo "  installed	$(DESTDIR)$(PREFIX)"

uninstall:
	@rm -f $(foreach i,$(INSTALLED),'$(DESTDIR)$(call field,3,$(i))')
	@rmdir --ignore-fail-on-non-empty '$(DESTDIR)$(INCLUDEDIR)/scrim' 2>/dev/null || true
	@echo "  removed	$(DESTDIR)$(PREFIX)"
