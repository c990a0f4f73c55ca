# The words of the documents, as commands. Every target is one call of sleeve-ledger; `make help` lists them.
#
#   make flow-production PROFILE=production PRICES="equities.csv etfs.csv"
#   make flow-production PROFILE=etfs PRICES=etfs.csv SCANS="etf_equity_momentum" RESPONSE=response.json AS_OF=2026-05-01
#   make flow-meta-production
#   make flow-meta-production PROFILE=meta_fractal_test RISK=hrp

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help install demo flow-production flow-meta-production report ledger-verify replay audit-export test lint

SLEEVE_LEDGER ?= npm run -s sleeve-ledger --
RISK ?= all
AS_OF ?=
RUN ?=
OUTPUT ?= reports
SCANS ?=
RESPONSE ?=
SCANNERS ?= examples/scanners
VOLUMES ?=
as_of = $(if $(AS_OF),--as-of $(AS_OF))

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -e 's/:.*## /|/' | while IFS='|' read -r name text; do printf '  %-22s %s\n' "$$name" "$$text"; done

install: ## what the commands need
	npm install

demo: ## the whole job on three simulated sleeves; DEMO="--prices DIR" takes yours
	$(SLEEVE_LEDGER) demo $(DEMO)

flow-production: ## one sleeve: PROFILE=production PRICES="equities.csv" [VOLUMES=...] [AS_OF=2023-08-31] [SCANS="etf_equity_momentum" RESPONSE=response.json]
	@test -n "$(PROFILE)" && test -n "$(PRICES)" || { echo 'usage: make flow-production PROFILE=production PRICES="equities.csv" [VOLUMES=...] [AS_OF=2023-08-31] [SCANS="..." RESPONSE=...]' >&2; exit 2; }
	@test -z "$(SCANS)" || { test -n "$(RESPONSE)" && test -n "$(AS_OF)"; } || { echo 'SCANS needs RESPONSE=response.json and AS_OF=2026-05-01, the date of its last bar' >&2; exit 2; }
	$(if $(SCANS),$(SLEEVE_LEDGER) scan run $(SCANS) --response $(RESPONSE) --scanners $(SCANNERS) $(as_of))
	$(SLEEVE_LEDGER) flow production --profile $(PROFILE) --prices $(PRICES) $(if $(VOLUMES),--volumes $(VOLUMES)) $(if $(SCANS),--universe $(addprefix scan:,$(SCANS))) $(as_of)

flow-meta-production: ## the meta portfolio: [PROFILE=meta_production] [RISK=all] [AS_OF=2023-08-31]
	$(SLEEVE_LEDGER) flow meta --profile $(or $(PROFILE),meta_production) --risk $(RISK) $(as_of)

report: ## markdown and HTML of a meta run: RUN=<run id> [OUTPUT=reports]
	@test -n "$(RUN)" || { echo 'usage: make report RUN=<run id> [OUTPUT=reports]' >&2; exit 2; }
	$(SLEEVE_LEDGER) report $(RUN) --output $(OUTPUT)

ledger-verify: ## every hash, chain, artifact and seal
	$(SLEEVE_LEDGER) ledger verify

replay: ## every run recomputed from the ledger alone
	$(SLEEVE_LEDGER) replay --all

audit-export: ## audit.jsonl of the whole ledger
	$(SLEEVE_LEDGER) audit export --all -o audit.jsonl

test: ## the arrow, and the tests that need Node alone
	npm test

lint: ## lint and types
	npm run lint
	npm run types
