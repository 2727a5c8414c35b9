# Every target sets up what it needs; a fresh machine needs Python 3.11 and git.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help app demo space test check format train bench figures screenshots requirements clean

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

app: $(VENV)/app ## Run the web app on http://localhost:8501 (PORT=… for another)
	$(BIN)/streamlit run webapp/Home.py --server.port $(PORT)

test: $(VENV)/dev ## Install everything, a browser included, and run all tests
	@PYTHON=$(BIN)/python sh tests/browser/install_chromium.sh
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

check: $(VENV)/dev ## The gate: format, lint, types, layers, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy --scripts-are-modules webapp/app_pages/*.py
	$(BIN)/lint-imports
	$(MAKE) test

format: $(VENV)/dev ## Format the code and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

train: $(VENV)/app ## A first training run on drawn faces; needs no data
	$(BIN)/python -m fer_core train --recipe configs/quickstart.toml --data drawn_faces

bench: $(VENV)/app ## Measure speed, parity and memory on this machine
	$(BIN)/python -m fer_core bench

figures: $(VENV)/dev ## Measure anew and write README.md's figures
	$(BIN)/python -m fer_core bench --json > benchmarks/bench.json.new
	mv benchmarks/bench.json.new benchmarks/bench.json
	$(BIN)/python -m benchmarks.training_page > benchmarks/training_page.json.new
	mv benchmarks/training_page.json.new benchmarks/training_page.json
	$(BIN)/python -m benchmarks.watching > benchmarks/watching.json.new
	mv benchmarks/watching.json.new benchmarks/watching.json
	$(BIN)/python -m benchmarks.live > benchmarks/live.json.new
	mv benchmarks/live.json.new benchmarks/live.json
	$(BIN)/python -m benchmarks.video > benchmarks/video.json.new
	mv benchmarks/video.json.new benchmarks/video.json
	$(BIN)/python -m benchmarks.demo > benchmarks/demo.json.new
	mv benchmarks/demo.json.new benchmarks/demo.json
	$(BIN)/python benchmarks/readme_figures.py

screenshots: $(VENV)/dev ## Take the README's screenshots anew, by the browser tests
	FER_SCREENSHOTS=docs/images $(BIN)/python -m pytest tests/browser

demo: $(VENV)/app ## Run the Gradio demo on http://localhost:7860
	$(BIN)/python app.py

space: $(VENV)/bin/python ## Build dist/space/, a Hugging Face Space ready to push
	$(BIN)/python deploy/space/build.py

requirements: $(VENV)/dev ## Compile the pinned requirements from pyproject.toml
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --group dev -c requirements.txt -o requirements-dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 -c requirements.txt deploy/space/requirements.in -o deploy/space/requirements.txt

clean: ## Remove the environment and caches; models and runs stay
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' \
	  || { echo "$(PYTHON) is not Python 3.11 or 3.12: set PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/app: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/dev: requirements-dev.txt $(VENV)/app
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
