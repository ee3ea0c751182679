# `make bench`: every figure beside its floor (bench/README.md).

BENCH := .venv/bench/bin/python
BENCH_READY := .venv/bench/ready
# those about events alone first, then the running stack: idle, and ever fuller
BENCH_ROWS := relay broker consumer standing import requests hop latency rebuild sizes
bench: export KAFKA := $(if $(filter command line environment,$(origin KAFKA)),$(KAFKA),apache)

.PHONY: bench

bench: $(BENCH_READY) ## every figure beside its floor, about 10 minutes (SIZE=1000000, KAFKA=tansu|apache, ROWS="relay hop" for some)
	$(BENCH) -m pytest -c bench/pytest.ini $(foreach row,$(or $(ROWS),$(BENCH_ROWS)),bench/test_$(row).py)
	$(BENCH) bench/page.py

$(BENCH_READY): $(READY) bench/requirements.lock
	@test -x $(BENCH) || $(BASE_PYTHON) -m venv .venv/bench
	@echo "import site; site.addsitedir('$(CURDIR)/.venv/lib/python3.11/site-packages')" \
		> .venv/bench/lib/python3.11/site-packages/workspace.pth
	@echo "Installing what only the benchmarks need, and the load generator"
	@$(BENCH) -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/requirements.lock
	@cd bench && ../$(BENCH) -c "from load import vegeta; vegeta()"
	@touch $@
