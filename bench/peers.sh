#!/usr/bin/env bash
# Makes the peers that the benchmarks compare with: a throw-away Python venv with the current
# PyTorch release from PyPI. Nothing outside the folder is touched; remove the folder to undo it.
#
#   bench/peers.sh              make it if it is not there
#   bench/peers.sh --upgrade    the newest release
#
# PEERS: the folder, ${XDG_CACHE_HOME:-~/.cache}/powertrain/peers by default.
# PEERS_TORCH: what pip installs, "torch" by default, for example "torch==2.15.0".
#
# On x86-64 PyPI has PyTorch only as its CUDA build, and its Python module does not load without
# the nvidia-* packages (libcufile, libcudnn, ... are needed by libtorch_python.so and
# libtorch_cuda.so), so all of them come along: about 3 GB to download and 5.4 GB on disk for
# PyTorch 2.15.0. The processor code in it is the same as in the CPU build.
set -euo pipefail

peers=${PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/powertrain/peers}
package=${PEERS_TORCH:-torch}
ready=$peers/ready

fail() {
    echo "bench/peers.sh: $*" >&2
    exit 1
}

if [[ ${1:-} == --upgrade ]]; then
    rm -f "$ready"
elif [[ -n ${1:-} ]]; then
    fail "unknown argument '$1'; only --upgrade is known"
fi

# MKL, which PyTorch's fp32 products run on, chooses its kernels by the vendor of the processor and
# leaves AVX-512 unused on AMD's. Its function that asks for the vendor can be replaced from
# outside; the benchmark does so in one of its settings to meet PyTorch at its best.
make_mkl_unlock() {
    if ! command -v cc >/dev/null; then
        fail "no C compiler; install it with: sudo apt-get install gcc"
    fi
    echo 'int mkl_serv_intel_cpu_true(void); int mkl_serv_intel_cpu_true(void) { return 1; }' |
        cc -shared -fPIC -O2 -x c - -o "$peers/mkl_unlock.so"
}

if [[ ! -f $ready ]]; then
    free_kb=$(mkdir -p "$peers" && df --output=avail -k "$peers" | tail -1)
    if ((free_kb < 9 * 1024 * 1024)); then
        fail "$peers has $((free_kb / 1024 / 1024)) GB free, 9 are needed; set PEERS to another folder"
    fi
    echo "Installing $package from PyPI into $peers (about 3 GB to download)" >&2
    python3 -m venv "$peers" >&2 ||
        fail "no venv module; install it with: sudo apt-get install python3-venv"
    "$peers/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir --upgrade \
        "$package" numpy >&2 || fail "pip could not install $package; is PyPI reachable?"
    make_mkl_unlock
    "$peers/bin/python" -c 'import torch; print(torch.__version__)' >"$ready.new"
    mv "$ready.new" "$ready"
fi
echo "$peers"
