# What the tests of `powertrain train` share: a folder of their own, data, a run file, checks.
# shellcheck shell=bash
set -u
work=$(mktemp -d /tmp/powertrain-test-XXXXXX)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export HOME="$work" XDG_DATA_HOME="$work/data" XDG_CACHE_HOME="$work/cache" OMP_NUM_THREADS=2
passed=0

# check TEXT COMMAND...: the command must succeed.
check() {
    local text=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        echo "FAILED: $text" >&2
        [ -s out ] && sed 's/^/  out: /' out | head -40 >&2
        [ -s err ] && sed 's/^/  err: /' err | head -40 >&2
        exit 1
    fi
}

contains() { grep -qF -- "$2" "$1"; }

# exits CODE COMMAND...: output to the files out and err.
exits() {
    local expected=$1 code=0
    shift
    "$@" >out 2>err </dev/null || code=$?
    [ "$code" -eq "$expected" ] || { echo "  exit status $code, expected $expected" >&2 && return 1; }
}

# A spiral of three classes: 600 samples of two features.
awk 'BEGIN {
    srand(7); print "x,y,class"
    for (c = 0; c < 3; c++) for (i = 0; i < 200; i++) {
        r = i / 200; a = c * 2.0944 + 4 * r + 0.2 * (rand() - 0.5)
        printf "%.6f,%.6f,%s\n", r * sin(a), r * cos(a), substr("abc", c + 1, 1)
    }
}' >spiral.csv

# run_file EPOCHS RATE [MORE LINES OF train:]
run_file() {
    cat <<YAML
network:
  name: spiral
  input: {name: point, shape: [2]}
  layers:
    - linear: {name: fc1, out_features: 48}
    - relu
    - dropout: {probability: 0.1}
    - linear: {name: fc2, out_features: 3}
  loss: cross_entropy
data: {kind: csv, file: spiral.csv, label: class, test_share: 0.2, seed: 3}
train:
  epochs: $1
  batch: 32
  optimizer: {kind: adam, learning_rate: $2}
  threads: 2
${3:-}
cost: {region: DE}
YAML
}
