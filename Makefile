# make book    build the book, warnings as errors, and say where it is
# make test    run every check: package, doctests, notebooks, book, built pages
# The others:  make help
#
# Both start from a bare clone: they make .venv and install what requirements.txt pins.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip install --quiet --disable-pip-version-check --retries 2 --timeout 30
INSTALLED := $(VENV)/installed
BUILT := _build/built
PORT := 8000

# The first Python on the path that is new enough; `make PYTHON=... book` chooses another.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON := $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	if $$python -c '$(NEW_ENOUGH)' 2>/dev/null; then echo $$python; exit; fi; done)

# Whatever a page is made of.
SOURCES := _config.yml _toc.yml pyproject.toml requirements.txt \
	$(shell find book cecourse coursework tests/data -type f \
		-not -path '*/.*' -not -path '*/__pycache__/*' 2>/dev/null)

.PHONY: help
help:
	@echo 'make book          build the book (warnings are errors) and say where it is'
	@echo 'make test          run every check'
	@echo 'make lint          check the style of the code and the workflow files'
	@echo 'make notebooks     run all notebooks and store their outputs'
	@echo 'make serve         serve the built book on http://127.0.0.1:$(PORT)'
	@echo 'make bench         time cecourse and the grading beside their peers'
	@echo 'make links         look up the links that leave the book'
	@echo 'make requirements  pin the newest versions that pyproject.toml allows'
	@echo 'make clean         remove what the other commands made'

.PHONY: install
install: $(INSTALLED)
	@$(RUN) -m tools.environment

$(INSTALLED): requirements.txt pyproject.toml
	@test -n '$(PYTHON)' && $(or $(PYTHON),false) -c '$(NEW_ENOUGH)' || { \
		found=$$(command -v $(or $(PYTHON),python3) >/dev/null && $(or $(PYTHON),python3) --version 2>&1); \
		echo "This course needs Python 3.11 or newer; found $${found:-none}." \
			"Install one, or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@said=$$($(PYTHON) -m venv $(VENV) 2>&1) || { \
		echo "$(PYTHON) cannot make a virtual environment ($$(echo "$$said" | head -n 1))." \
			"On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Installing what requirements.txt pins into $(VENV) (a few minutes the first time) ..."
	@said=$$($(PIP) -r requirements.txt 2>&1) || { \
		echo "The packages of requirements.txt could not be installed ($$(echo "$$said" | tail -n 1))." \
			"Check the network, then run the same command again." >&2; exit 1; }
	@$(PIP) --no-deps --no-build-isolation --editable .
	@$(RUN) -c 'import matplotlib.font_manager' 2>/dev/null  # builds the font cache, once
	@touch $@

.PHONY: book
book: install $(BUILT)
	@echo "The book is at _build/html/index.html ('make serve' shows it on http://127.0.0.1:$(PORT))"

# A failed build leaves nothing behind: Sphinx would not repeat its warnings for unchanged pages.
$(BUILT): $(INSTALLED) $(SOURCES)
	@$(RUN) -m tools.notebooks --check
	@rm -rf _build
	@$(VENV)/bin/jupyter-book build . --all -W -n --keep-going || { \
		rm -rf _build; \
		echo "The book was not built: mend the warnings above (they count as errors)." >&2; exit 1; }
	@touch $@

.PHONY: test
test: install
	$(RUN) -m tools.notebooks --check
	$(RUN) -m pytest --ignore=tests/site --numprocesses=auto --dist=loadfile
	$(RUN) -m pytest --nbval --nbval-current-env --nbval-cell-timeout=120 \
		--override-ini addopts= --override-ini filterwarnings= book coursework/source
	$(MAKE) --no-print-directory book
	$(RUN) -m pytest tests/site --override-ini testpaths=

.PHONY: lint
lint: install
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(VENV)/bin/zizmor --offline --quiet .github/workflows

.PHONY: notebooks
notebooks: install
	$(RUN) -m tools.notebooks
	$(RUN) -m tools.readme_picture

.PHONY: serve
serve: book
	@echo "http://127.0.0.1:$(PORT)  (Ctrl-C stops)"
	@$(RUN) -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

.PHONY: bench
bench: install
	$(RUN) -m benchmarks.accuracy
	$(RUN) -m benchmarks.speed
	$(RUN) -m benchmarks.grading

.PHONY: links
links: install
	@$(RUN) -m tools.external_links

.PHONY: requirements
requirements: install
	@said=$$($(PIP) uv 2>&1) || { \
		echo "uv, which finds the versions, could not be installed ($$(echo "$$said" | tail -n 1))." \
			"Check the network, then run the same command again." >&2; exit 1; }
	@$(RUN) -m tools.pin

.PHONY: clean
clean:
	rm -rf _build $(VENV) .pytest_cache .hypothesis .ruff_cache build *.egg-info
