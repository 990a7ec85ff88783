# A short front for CMake. `make run` and `make test` are all that a newcomer needs.
JOBS := $(shell nproc 2>/dev/null || echo 2)
PREFIX ?= /usr/local

.PHONY: all run test bench fuzz format check-layers check-format install setup clean

all: setup build/release/Makefile
	@cmake --build build/release -j $(JOBS)

setup:
	@scripts/install-deps.sh

build/%/Makefile: CMakeLists.txt CMakePresets.json
	@cmake --preset $* >/dev/null || cmake --preset $*

run: all
	@build/release/src/powertrain calibrate --if-missing
	@build/release/src/powertrain train examples/fashion-mlp.yaml

test: setup check-layers build/asan/Makefile
	@cmake --build build/asan -j $(JOBS)
	@ctest --test-dir build/asan --output-on-failure -j $(JOBS)

bench: all
	@bench/run.sh

fuzz: setup build/fuzz/Makefile
	@cmake --build build/fuzz -j $(JOBS)
	@fuzz/run.sh

format:
	@git ls-files -co --exclude-standard '*.c' '*.h' | xargs clang-format -i

check-format:
	@git ls-files -co --exclude-standard '*.c' '*.h' | xargs clang-format --dry-run --Werror

check-layers:
	@scripts/check-layers.sh

install: all
	@cmake --install build/release --prefix $(PREFIX)

clean:
	@rm -rf build
