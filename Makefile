# The two commands that matter: `make demo` and `make test`. `make help` lists the others.

SHELL   := bash
TARGET  := $(or $(CARGO_TARGET_DIR),target)
PLANS   := data-samples/rhode-island/counties.toml data-samples/rhode-island/towns.toml
DEMO    := demo
CHECKED := $(TARGET)/qgis-check

# The cargo of rustup goes before one of the system, and is found before a new terminal knows it.
export PATH := $(or $(CARGO_HOME),$(HOME)/.cargo)/bin:$(PATH)

.DELETE_ON_ERROR:
.PHONY: help setup build demo test lint qgis-check clean

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r name what; do printf '  make %-12s %s\n' "$$name" "$$what"; done

setup: ## Install what is missing: compiler, pkg-config, GDAL (needs root or sudo)
	@scripts/setup.sh

build: setup ## Build the program
	cargo build --release --locked

demo: build ## Build, then account Rhode Island by county and by town into demo/
	$(TARGET)/release/terrasink run $(PLANS) --out $(DEMO) --overwrite
	@printf '\nThe results:\n'
	@for plan in $(basename $(notdir $(PLANS))); do \
		printf '  %s\n' \
			"$(DEMO)/$$plan/summary.csv      one row a region, opens in a spreadsheet" \
			"$(DEMO)/$$plan/terrasink.gpkg   layers with styles, opens in QGIS" \
			"$(DEMO)/$$plan/regions.geojson  the same figures for web maps" \
			"$(DEMO)/$$plan/tables/          every figure, one fact a row"; \
	done

test: setup ## Run every test; opens the results in QGIS where QGIS is installed
	cargo test --locked
	cargo test --no-default-features --locked
	@if /usr/bin/python3 -c 'import qgis.core' >/dev/null 2>&1; then \
		$(MAKE) --no-print-directory qgis-check; \
	else \
		echo 'QGIS is not installed: its check is left out (scripts/setup.sh --with-qgis installs it).' >&2; \
	fi

lint: ## Formatting, lints and documentation, as the checks of every change do
	cargo fmt --check
	cargo clippy --all-targets --locked -- -D warnings
	RUSTDOCFLAGS=-Dwarnings cargo doc --no-deps --locked

qgis-check: ## Open the results with GDAL's tools and in QGIS (headless)
	cargo build --locked
	$(TARGET)/debug/terrasink run $(PLANS) --out $(CHECKED) --overwrite --quiet
	@set -e; for plan in $(basename $(notdir $(PLANS))); do \
		out=$(CHECKED)/$$plan; \
		ogrinfo -ro -so -al $$out/regions.geojson >/dev/null; \
		ogrinfo -ro -so -al $$out/terrasink.gpkg >/dev/null; \
		/usr/bin/python3 tests/qgis/check.py $$out --pictures $(CHECKED)-pictures/$$plan; \
	done

clean: ## Remove what was built and the results of the demo
	cargo clean
	rm -rf $(DEMO)
