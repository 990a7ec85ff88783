#!/usr/bin/env bash
# Makes the peers that are C programs: llm.c's train_gpt2 (GPT-2 on a CPU) and KANN with OpenBLAS
# (MLP, LSTM). Their sources come from GitHub into the folder of bench/peers.sh.
#
# LLMC, KANN: Git repositories to clone from instead of GitHub's.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
peers=${PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/powertrain/peers}
mkdir -p "$peers"

get() { # get NAME URL
    [[ -d $peers/$1 ]] || git clone --quiet --depth 1 "$2" "$peers/$1" ||
        { echo "bench/peers_c.sh: $2 cannot be cloned; set ${3} to a copy of it" >&2; exit 1; }
}

get kann "${KANN:-https://github.com/attractivechaos/kann}" KANN
get llm.c "${LLMC:-https://github.com/karpathy/llm.c}" LLMC

if [[ ! -x $peers/kann/kann_step ]]; then
    (cd "$peers/kann" && gcc -O3 -march=native -DHAVE_CBLAS -DHAVE_PTHREAD -I. -o kann_step \
        "$here/kann_step.c" kann.c kautodiff.c -fopenmp -pthread -lopenblas -lm)
fi

# The program has batch, length and files as constants; random weights and tokens are as good for
# timing as trained ones.
if [[ ! -x $peers/llm.c/train_1024 ]]; then
    (cd "$peers/llm.c" &&
        for shape in "4 64" "1 1024"; do
            read -r batch length <<<"$shape"
            sed -e "s/int B = 4;/int B = $batch;/" -e "s/int T = 64;/int T = $length;/" \
                -e 's/step % 10 == 0/step < 0/' -e 's/step % 20 == 0/step < 0/' \
                -e 's/step <= 40/step <= 8/' train_gpt2.c >"train_$length.c"
            gcc -O3 -Ofast -march=native -fno-finite-math-only -Wno-unused-result -fopenmp -DOMP \
                -o "train_$length" "train_$length.c" -lm
        done
        python3 - <<'PY'
import array, os, random, struct
random.seed(1)
layers, width, vocabulary, padded, context = 12, 768, 50257, 50304, 1024
count = (padded * width + context * width + layers * (12 * width * width + 13 * width) + 2 * width)
header = array.array("i", [20240326, 3, context, vocabulary, layers, 12, width, padded])
header.extend([0] * (256 - len(header)))
chunk = array.array("f", (random.gauss(0, 0.02) for _ in range(1 << 16))).tobytes()
with open("gpt2_124M.bin", "wb") as file:
    file.write(header.tobytes())
    left = count * 4
    while left > 0:
        file.write(chunk[:left])
        left -= len(chunk)
for part in ("train", "val"):
    for folder in ("dev/data/tinyshakespeare/tiny_shakespeare", "dev/data/tinystories/TinyStories"):
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        tokens = array.array("H", (random.randrange(vocabulary) for _ in range(1 << 16)))
        with open(f"{folder}_{part}.bin", "wb") as file:
            file.write(array.array("i", [20240520, 1, len(tokens)] + [0] * 253).tobytes())
            file.write(tokens.tobytes())
PY
    )
fi
echo "$peers"
