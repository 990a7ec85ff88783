#!/usr/bin/env bash
# The lessons as a reader runs them: three programs and two run files.
set -euo pipefail

program=${POWERTRAIN:?the program}
examples=${PT_BUILD_DIR:?the build}/examples
source_dir=${PT_SOURCE_DIR:?the source}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_DATA_HOME=$folder/data XDG_CACHE_HOME=$folder/cache

fail() {
    echo "test_examples: $*" >&2
    exit 1
}

"$examples/example_linear" >"$folder/linear"
grep -Eq '^gradient with respect to x +-?[0-9.]+$' "$folder/linear" ||
    fail "linear: $(cat "$folder/linear")"

# a line for every tenth of 200 epochs
"$examples/example_regression" >"$folder/regression"
[[ $(grep -c '^epoch .*0  loss ' "$folder/regression") == 20 ]] ||
    fail "regression: $(cat "$folder/regression")"
grep -Eq '^final MSE 0\.00' "$folder/regression" || fail "regression did not learn"

"$examples/example_classifier" >"$folder/classifier"
[[ $(grep -c '^epoch ' "$folder/classifier") == 50 ]] ||
    fail "classifier: $(cat "$folder/classifier")"
grep -Eq '^training took [0-9.]+ s and [0-9.]+ J ' "$folder/classifier" ||
    fail "classifier has no bill: $(cat "$folder/classifier")"

# number FIELD: of the JSON object of the last run
number() {
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' \
        "$folder/json" "$1"
}

train() {
    "$program" train "$source_dir/examples/$1" --json --quiet --output "$folder/run" \
        >"$folder/json" || fail "train $1: exit $?"
}

command -v python3 >/dev/null || exit 77
train regression.yaml
python3 -c 'import sys; assert float(sys.argv[1]) < 0.01, sys.argv' "$(number loss)" ||
    fail "regression.yaml: loss $(number loss)"
train classifier.yaml
python3 -c 'import sys; assert float(sys.argv[1]) >= 0.9, sys.argv' "$(number accuracy)" ||
    fail "classifier.yaml: accuracy $(number accuracy)"
echo "examples: ok"
