# SPDX-License-Identifier: GPL-2.0
#
# weft: make                the tools, and the module for the running kernel
#       make KVER=VERSION   ... for another one whose headers are installed
#       make install        both, below PREFIX (/usr/local) and DESTDIR
#       make demo           the main job in a guest (installs what it needs)
#       make check          what every change has to pass
#       make help           the rest

KVER	?= $(shell uname -r)
KDIR	?= /lib/modules/$(KVER)/build
PREFIX	?= /usr/local
DESTDIR	?=

CHECK	:= selftests/check/check
LAB	:= selftests/lab/lab

.PHONY: all module tools install module-install tools-install clean help
.PHONY: demo bench check check-all soak
.PHONY: check-style check-unit check-tools check-kselftest check-debug
.PHONY: check-lab check-apps check-dkms check-install check-compile check-faults check-kcsan check-costs
.DEFAULT_GOAL := all

all: tools module

need_headers = @test -e $(KDIR)/Makefile || { \
	echo "weft: no kernel headers in $(KDIR): install linux-headers-$(KVER), or name" >&2; \
	echo "weft: another version (make KVER=...) or folder (make KDIR=...)" >&2; exit 1; }

module:
	$(need_headers)
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

# Needs no kernel headers.
tools:
	$(MAKE) -C userspace PREFIX=$(PREFIX) all

install: tools-install module-install

module-install: module
	$(MAKE) -C $(KDIR) M=$(CURDIR) $(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) modules_install
	depmod $(if $(DESTDIR),-b $(DESTDIR)) $(KVER)

tools-install: tools
	$(MAKE) -C userspace PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) install

# By hand where the headers are gone: what they built must go all the same.
clean:
	@if test -e $(KDIR)/Makefile; then $(MAKE) -C $(KDIR) M=$(CURDIR) clean; fi
	@find kmod selftests/lab/splat \( -name '*.o' -o -name '*.ko' -o -name '*.mod' \
		-o -name '*.mod.c' -o -name '.*.cmd' \) -delete
	@rm -f Module.symvers modules.order kmod/modules.order
	@for d in userspace selftests/unit; do \
		test ! -e $$d/Makefile || $(MAKE) -C $$d clean; done

demo:
	selftests/demo/run

# BENCH=B10: in a guest whose clock counts instructions
BENCH	?= B10
bench:
	@for b in selftests/bench/$$(echo $(BENCH) | tr A-Z a-z)-*.sh; do \
		test -e $$b || { echo "weft: there is no benchmark $(BENCH); there is B10" >&2; exit 2; }; \
		$(LAB) run --icount --vtime 100000 --timeout 3000 -- $$b || exit 1; \
	done

check:
	$(CHECK) quick

check-all:
	$(CHECK) all

soak:
	$(CHECK) soak

check-style check-unit check-tools check-lab check-apps check-dkms check-install \
		check-compile check-faults check-kcsan check-costs:
	$(CHECK) $(@:check-%=%)

# KERNELS="6.1 6.12 7" T=pattern
check-kselftest:
	KERNELS="$(KERNELS)" T="$(T)" $(CHECK) kselftest

check-debug:
	T="$(T)" $(CHECK) debug

help:
	@sed -n 's/^# *\(weft:\)\{0,1\} *\(make .*\)/  \2/p' Makefile
	@echo "  make bench [BENCH=B10]: what a packet costs"
	@echo "  make module, tools, module-install, tools-install, clean"
	@echo "  make check-style, check-unit, check-tools, check-lab, check-apps, check-dkms,"
	@echo "  make check-install (with run_kselftest.sh)"
	@echo "  make check-kselftest [KERNELS=\"6.1 6.12 7\"] [T=PATTERN], check-debug [T=PATTERN]"
	@echo "  make check-all (every test on every kernel), check-compile, check-faults,"
	@echo "  make check-costs (in instructions), check-kcsan, soak (hours)"
