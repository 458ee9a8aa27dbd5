# Builds, runs and checks yibaod; `make help` lists the targets.
# SPDX-License-Identifier: Apache-2.0

ifeq ($(origin CC),default)
CC := gcc
endif
PYTHON ?= /usr/bin/python3
# Where objects and programs go: build, or a directory of its own for each other compiler or set of flags.
OUT    ?= build
GENERATED_DIR := build/generated

LIBRARIES := libmicrohttpd jansson libpq openssl libcurl
WARNINGS  := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
             -Werror=implicit-function-declaration
# One short line for each step; `make V=1` shows the commands.
Q         := $(if $(V),,@)
supported  = $(shell $(CC) -Werror $(1) -x c -c /dev/null -o /dev/null 2>/dev/null && echo $(1))
# clang wanted the second one beside the first before its version 16.
ZERO_INIT := -ftrivial-auto-var-init=zero
ZERO_INIT_OF_CLANG := -enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang
HARDENING := -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fPIE $(call supported,-fstack-clash-protection) \
             $(call supported,-fcf-protection=full) \
             $(or $(call supported,$(ZERO_INIT)),$(call supported,$(ZERO_INIT) $(ZERO_INIT_OF_CLANG)))
MODE_FLAGS ?= -O2 $(HARDENING)
LINK_FLAGS ?= -pie -Wl,-z,relro,-z,now,-z,noexecstack

COMPILE = $(CC) -std=gnu11 -D_GNU_SOURCE -g -pthread -I. -I$(GENERATED_DIR) $(MODE_FLAGS) $(WARNINGS) \
          $(CPPFLAGS) $(CFLAGS) $(shell pkg-config --cflags $(LIBRARIES))
LINK    = $(CC) -g -pthread $(MODE_FLAGS) $(LINK_FLAGS) $(LDFLAGS)
LIBS    = $(shell pkg-config --libs $(LIBRARIES))

SOURCES   := $(sort $(shell find server api cli -name '*.c'))
GENERATED := $(GENERATED_DIR)/operations.c $(GENERATED_DIR)/statements.c
OBJECTS    = $(SOURCES:%.c=$(OUT)/obj/%.o) $(GENERATED:build/%.c=$(OUT)/obj/%.o)
LIBRARY    = $(OUT)/libyibaod.a
TESTS     := $(sort $(shell find tests/unit -name 'test_*.c'))
PROGRAMS   = $(TESTS:tests/unit/%.c=$(OUT)/unit/%)
C_FILES    = $(sort $(shell find server api cli tests bench -name '*.[ch]' -not -path '*/node_modules/*'))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help build run reset test unit lint pytest check format-check warnings tidy cppcheck bench faults soak rolling \
        format demo-data sanitize clean docs test-proxy slow-clients install install-strip uninstall image \
        image-test alerts failover test-replica replica sbom

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# --- the program ------------------------------------------------------------------------------------------------------

build: $(OUT)/yibaod ## compile build/yibaod (CC=gcc or clang)

run: ## install what is missing, build, start a private PostgreSQL, load demo data, serve
	@exec scripts/run.sh

reset: ## stop the private PostgreSQL and throw away everything under var/
	@scripts/cluster.sh stop
	@scripts/cluster.sh remove
	rm -rf var

$(OUT)/yibaod: $(OUT)/obj/cli/main.o $(LIBRARY)
	@echo '  link     $@'
	$(Q)$(LINK) -o $@ $^ $(LIBS)

# Made anew each time, so that the object of a removed source does not stay in it.
$(LIBRARY): $(filter-out %/cli/main.o,$(OBJECTS))
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(OUT)/obj/%.o: %.c | $(GENERATED)
	@mkdir -p $(@D)
	@echo '  compile  $<'
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

$(OUT)/obj/generated/%.o: $(GENERATED_DIR)/%.c | $(GENERATED)
	@mkdir -p $(@D)
	@echo '  compile  $<'
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

OPERATION_TOOLS := tools/generate_operations.py tools/operation_argument.py tools/operations_source.py \
                   tools/openapi_document.py

$(GENERATED_DIR)/operations.c $(GENERATED_DIR)/operations.h &: openapi.yaml $(OPERATION_TOOLS)
	@mkdir -p $(GENERATED_DIR)
	$(PYTHON) tools/generate_operations.py openapi.yaml $(GENERATED_DIR)
	@touch $(GENERATED_DIR)/operations.c

# The table that the unit tests of server/http include instead of the program's own.
$(GENERATED_DIR)_small/operations.c: tests/unit/data/openapi_small.yaml openapi.yaml $(OPERATION_TOOLS)
	$(PYTHON) tools/generate_operations.py $< $(@D) --problems openapi.yaml --without-handlers

# The contract's examples as requests, for the unit tests that send each of them.
$(GENERATED_DIR)/examples.inc: openapi.yaml tools/generate_examples.py $(OPERATION_TOOLS)
	@mkdir -p $(@D)
	$(PYTHON) tools/generate_examples.py $< $@

$(OUT)/unit/api/test_routes_without_memory: $(GENERATED_DIR)/examples.inc

$(GENERATED_DIR)/statements.c $(GENERATED_DIR)/statements.h &: $(wildcard db/queries/*.sql) db/queries tools/generate_statements.py
	@mkdir -p $(GENERATED_DIR)
	$(PYTHON) tools/generate_statements.py db/queries $(GENERATED_DIR)
	@touch $(GENERATED_DIR)/statements.c

# --- installing -------------------------------------------------------------------------------------------------------

# DESTDIR is where a package or an image is put together; PREFIX is where it will lie.
PREFIX  ?= /usr/local
SHARE    = $(DESTDIR)$(PREFIX)/share
INSTALL ?= install
UNITS        := yibaod.service yibaod-worker.service yibaod-audit.service
UNITS_DIR     = $(DESTDIR)$(PREFIX)/lib/systemd/system
SYSUSERS_DIR  = $(DESTDIR)$(PREFIX)/lib/sysusers.d
# What the program reads while it runs; it finds it beside itself, in ../share/yibaod/db.
RUN_TIME_SQL := schema_migration.sql migrations functions data import audit keys rehash

install: build ## put the program and what it reads under $(DESTDIR)$(PREFIX), /usr/local by default
	$(INSTALL) -D -m 755 $(STRIP) $(OUT)/yibaod $(DESTDIR)$(PREFIX)/bin/yibaod
	rm -rf $(SHARE)/yibaod/db
	$(INSTALL) -d $(SHARE)/yibaod/db $(SHARE)/doc/yibaod
	cp -R $(RUN_TIME_SQL:%=db/%) $(SHARE)/yibaod/db
	chmod -R u=rwX,go=rX $(SHARE)/yibaod
	$(INSTALL) -m 644 LICENSE CHANGELOG.md openapi.yaml systemd/yibaod.env $(SHARE)/doc/yibaod
	$(INSTALL) -d $(UNITS_DIR) $(SYSUSERS_DIR)
	for unit in $(UNITS); do sed 's|@PREFIX@|$(PREFIX)|' systemd/$$unit.in > $(UNITS_DIR)/$$unit && chmod 644 $(UNITS_DIR)/$$unit || exit 1; done
	$(INSTALL) -m 644 systemd/yibaod-audit.timer $(UNITS_DIR)
	$(INSTALL) -m 644 systemd/yibaod.sysusers.conf $(SYSUSERS_DIR)/yibaod.conf

install-strip: STRIP = -s
install-strip: install ## the same without symbols for a debugger

image: ## build the images of docker/ with docker, buildah or podman: make image BASE=debian:12-slim TAG=try
	@BASE='$(BASE)' TAG='$(TAG)' docker/build.sh

image-test: ## build them on a base of this machine's packages, run the compose file, and a day's work through HAProxy (root)
	@tests/image/prepare.sh $(or $(RELEASE),trixie)
	@$(PYTHON) -m tests.image $(or $(RELEASE),trixie)

.PHONY: systemd-test
systemd-test: ## docs/operations/systemd.md with a systemd that is process 1, in namespaces: RELEASE=trixie (root)
	@scripts/install.sh --check
	@scripts/on_debian.sh $(or $(RELEASE),trixie) make build
	$(PYTHON) -m tests.machine var/debian/$(or $(RELEASE),trixie)

uninstall: ## remove what `make install` put there
	rm -rf $(DESTDIR)$(PREFIX)/bin/yibaod $(SHARE)/yibaod $(SHARE)/doc/yibaod
	rm -f $(UNITS:%=$(UNITS_DIR)/%) $(UNITS_DIR)/yibaod-audit.timer $(SYSUSERS_DIR)/yibaod.conf

# --- tests ------------------------------------------------------------------------------------------------------------

test: ## everything CI needs: unit, lint and pytest
	@scripts/install.sh --test
	@$(MAKE) --no-print-directory build unit
	@$(MAKE) --no-print-directory lint pytest

unit: $(PROGRAMS) $(OUT)/unit/fuzz/test_corpus ## C unit tests (cmocka), and the corpora of the fuzz targets
	@scripts/run_unit_tests.sh $(PROGRAMS) $(OUT)/unit/fuzz/test_corpus

# A test names the functions it replaces in a line `/* link: -Wl,--wrap=… */`.
$(OUT)/unit/%: tests/unit/%.c $(LIBRARY) $(GENERATED_DIR)_small/operations.c
	@mkdir -p $(@D)
	@echo '  compile  $<'
	$(Q)$(COMPILE) -Wno-unused-parameter -MMD -MP -MF $@.d -MT $@ -o $@ $< $(LINK_FLAGS) $(LDFLAGS) \
	  $(shell sed -n 's|^/\* link: \(.*\) \*/$$|\1|p' $<) $(LIBRARY) $(LIBS) -lcmocka

# The targets of `make fuzz` without libFuzzer, as one program that replays what is checked in.
FUZZ_SOURCES := $(filter-out tests/fuzz/libfuzzer.c,$(sort $(wildcard tests/fuzz/*.c)))

$(OUT)/unit/fuzz/test_corpus: $(FUZZ_SOURCES:%.c=$(OUT)/obj/%.o) $(LIBRARY)
	@mkdir -p $(@D)
	@echo '  link     $@'
	$(Q)$(LINK) -o $@ $^ $(LIBS)

.PHONY: fuzz
FUZZ_FLAGS := -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all
FUZZ_OUT   := build/fuzz

fuzz: ## libFuzzer over every parser: make fuzz FUZZ_SECONDS=600, make fuzz FUZZ_TARGET=cursor (needs clang)
	@$(MAKE) --no-print-directory CC=clang OUT=$(FUZZ_OUT) LINK_FLAGS=-fsanitize=fuzzer $(FUZZ_OUT)/fuzz \
	  MODE_FLAGS='$(FUZZ_FLAGS) -fsanitize=fuzzer-no-link,address,undefined'
	@scripts/fuzz.sh

$(FUZZ_OUT)/fuzz: $(FUZZ_SOURCES:tests/fuzz/%.c=$(FUZZ_OUT)/obj/tests/fuzz/%.o) $(FUZZ_OUT)/obj/tests/fuzz/libfuzzer.o $(FUZZ_OUT)/libyibaod.a
	@echo '  link     $@'
	$(Q)$(LINK) -o $@ $(filter-out %/test_corpus.o,$^) $(LIBS)

lint: tools/lint/node_modules/.package-lock.json ## openapi.yaml by Redocly
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true tools/lint/node_modules/.bin/redocly lint openapi.yaml

tools/lint/node_modules/.package-lock.json: tools/lint/package-lock.json
	npm ci --prefix tools/lint --ignore-scripts --silent
	@touch $@

pytest: build ## everything in Python, as six runs side by side: the running server over HTTP; database; faults; the rest
	$(PYTHON) -m tests

test-proxy: build ## the tests over HTTP once more, through HAProxy
	YIBAO_TESTS_PROXY=1 $(PYTHON) -m pytest -q tests/http --deselect tests/http/test_whole_run.py

slow-clients: build ## what slow callers do to good ones, with slowhttptest, at the server and through HAProxy
	@scripts/install.sh --bench
	$(PYTHON) -m bench.slow_clients

rolling: build ## restart processes under load, behind the proxy and on one port: make rolling ROLLING=--restarts=200
	$(PYTHON) -m tests.changes $(ROLLING)

faults: build ## kill, cut, freeze and starve it for half an hour: make faults FAULTS='--kills 5000 --seconds 600 --seed 7'
	$(PYTHON) -m tests.faults $(FAULTS)

test-replica: build ## the tests over HTTP once more, with a read replica behind every server
	YIBAO_TESTS_REPLICA=1 $(PYTHON) -m pytest -q tests/http --deselect tests/http/test_whole_run.py

replica: build ## what a read replica does when it is behind, slow, killed, frozen, parted, promoted
	YIBAO_REPLICA_ALL=1 $(PYTHON) -m pytest -q tests/operations/test_replica.py

soak: build ## hours of mixed work with kills, after which memory and tables are flat: make soak SOAK_HOURS=8 SOAK='--rate 2000'
	@scripts/install.sh --bench
	$(PYTHON) -m tests.faults.soak --hours $(or $(SOAK_HOURS),1) $(SOAK)

failover: build ## move the primary by Patroni under load, a dozen times: make failover FAULTS='--kills 1000 --seed 7'
	@scripts/install.sh --failover
	$(PYTHON) -m tests.faults --only fail-over $(or $(FAULTS),--kills 400)

# --- checks -----------------------------------------------------------------------------------------------------------

check: ## format, warnings of gcc and clang as errors, clang-tidy, cppcheck, alert rules
	@scripts/install.sh --check
	@$(MAKE) --no-print-directory format-check
	@$(MAKE) --no-print-directory warnings
	@$(MAKE) --no-print-directory tidy
	@$(MAKE) --no-print-directory cppcheck
	@$(MAKE) --no-print-directory alerts

alerts: ## the rules for Prometheus by promtool: well-formed, each fires when it must and none on a good day
	@scripts/alerts.sh

format-check:
	@clang-format --dry-run -Werror $(C_FILES)

warnings:
	@$(MAKE) --no-print-directory CC=gcc OUT=build/check/gcc CFLAGS=-Werror objects
	@$(MAKE) --no-print-directory CC=clang OUT=build/check/clang CFLAGS=-Werror objects

.PHONY: objects
objects: $(OBJECTS) $(PROGRAMS) $(OUT)/unit/fuzz/test_corpus

tidy: $(GENERATED)
	@printf '%s\n' $(SOURCES) | xargs -P "$$(nproc)" -n 4 \
	  sh -c 'clang-tidy --quiet "$$@" -- -std=gnu11 -D_GNU_SOURCE -I. -I$(GENERATED_DIR) $(shell pkg-config --cflags $(LIBRARIES)) 2>/dev/null' tidy

cppcheck: $(GENERATED)
	@cppcheck --quiet --enable=warning,performance,portability --inline-suppr --error-exitcode=1 --std=c11 --library=posix -j "$$(nproc)" \
	  --suppress=missingIncludeSystem --suppress=internalAstError -D_GNU_SOURCE -I. -I$(GENERATED_DIR) server api cli

format: ## rewrite all C files in the project's format
	@clang-format -i $(C_FILES)

sanitize: ## the whole suite under ASan + UBSan + LSan, then under TSan; not one report is allowed
	@scripts/sanitize.sh address
	@scripts/sanitize.sh thread

.PHONY: debian13
debian13: ## build and test on Debian 13 (PostgreSQL 17, libmicrohttpd 1.0) in a root directory of its own; needs root
	@scripts/install.sh --check
	@scripts/on_debian.sh trixie

# --- the rest ---------------------------------------------------------------------------------------------------------

bench: build ## compare with pgbench and with Fastify + pg; results in var/bench/
	@bench/run.sh

demo-data: ## write import files with valid numbers: make demo-data ROWS=100000
	$(PYTHON) tools/demo_data.py $(or $(ROWS),1000) var/demo-data

docs: build ## write docs/configuration.md, docs/errors.md, docs/state-machines.md and the proxy's problems from their tables
	$(OUT)/yibaod config --markdown > docs/configuration.md
	$(PYTHON) tools/generate_errors.py openapi.yaml > docs/errors.md
	$(PYTHON) tools/generate_state_machines.py db/data/state_machines.csv > docs/state-machines.md
	$(PYTHON) tools/generate_proxy_problems.py openapi.yaml > docker/haproxy/problems.map

sbom: build ## write build/sbom.json (CycloneDX 1.5): what the program links on this machine, with versions and licences
	$(PYTHON) tools/sbom.py $(OUT)/yibaod > $(OUT)/sbom.json.new
	@mv $(OUT)/sbom.json.new $(OUT)/sbom.json

clean: ## remove what was built
	rm -rf build

-include $(OBJECTS:.o=.d) $(PROGRAMS:=.d) $(FUZZ_SOURCES:%.c=$(OUT)/obj/%.d)
