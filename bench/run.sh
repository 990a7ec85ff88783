#!/usr/bin/env bash
# The benchmarks, `make bench`: training beside PyTorch, training steps of whole networks beside
# PyTorch, llm.c and KANN, then what a meter costs and how fast products and convolutions are.
# docs/benchmarks.md and docs/performance.md explain the numbers.
#
# ROUNDS (5), EPOCHS (4), THREADS (all that the process may use), PRECISIONS ("fp32 bf16"),
# BUILD (build/release). PEERS=none measures powertrain alone.
set -euo pipefail
cd "$(dirname "$0")/.."

build=${BUILD:-build/release}
threads=${THREADS:-$(nproc)} # of the affinity mask
program=$build/src/powertrain

if [[ ! -x $program ]]; then
    echo "bench/run.sh: no program $program; build it with: make" >&2
    exit 1
fi

# They choose OpenBLAS's kernels. Some systems set them to a safe and slow choice; a benchmark
# measures what the processor can do.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE

peers=none
if [[ ${PEERS:-} != none ]]; then
    peers=$(bench/peers.sh)
fi

read -ra precisions <<<"${PRECISIONS:-fp32 bf16}"
python3 bench/compare.py --powertrain "$program" --peers "$peers" \
    --rounds "${ROUNDS:-5}" --epochs "${EPOCHS:-4}" --threads "$threads" \
    --output "$build/bench-mlp.json" "${precisions[@]}"

if [[ $peers != none ]]; then
    bench/peers_c.sh >/dev/null || echo "bench/run.sh: without llm.c and KANN" >&2
fi
python3 bench/steps.py --step "$build/bench/bench_step" --peers "$peers" --threads "$threads" \
    --rounds "${ROUNDS:-3}" --output "$build/bench-steps.json" \
    $(printf -- '--precision %s ' "${precisions[@]}")

if [[ -f bench/meter.sh ]]; then
    echo
    POWERTRAIN=$program bash bench/meter.sh
fi
gemm=
for candidate in "$build/bench/bench_gemm" "$build/bench_gemm"; do
    if [[ -x $candidate ]]; then
        gemm=$candidate
    fi
done
echo
if [[ -n $gemm ]]; then
    "$gemm" "$threads"
else
    echo "bench/run.sh: no bench_gemm in $build, so matrix products are not measured" >&2
fi
