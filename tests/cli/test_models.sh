#!/usr/bin/env bash
# Known models in run files: a name of the zoo, a config in place, export, and training that starts
# with what was exported.
# shellcheck source=tests/cli/train_support.sh
source "$(dirname "$0")/train_support.sh"
program=${POWERTRAIN:?the program}

# 120 pictures of 8 x 8: a bright row, column or diagonal, and noise.
awk 'BEGIN {
    srand(5)
    for (i = 0; i < 64; i++) printf "p%d,", i
    print "class"
    for (n = 0; n < 120; n++) {
        c = n % 3; at = int(8 * rand())
        for (i = 0; i < 64; i++) {
            y = int(i / 8); x = i % 8
            on = c == 0 ? y == at : c == 1 ? x == at : (x + y) % 8 == at
            printf "%.3f,", on + 0.2 * rand()
        }
        print substr("abc", c + 1, 1)
    }
}' >pictures.csv

# model_run NETWORK EPOCHS
model_run() {
    cat <<YAML
network: $1
data: {kind: csv, file: pictures.csv, label: class, test_share: 0.25, seed: 3}
train: {epochs: $2, batch: 30, threads: 2, optimizer: {kind: adam, learning_rate: 0.003}}
YAML
}

model_run "{zoo: lenet, input: [8, 8, 1], classes: 3}" 2 >lenet.yaml
check "a model of the zoo is planned" exits 0 "$program" plan lenet.yaml --layers
check "its layers are listed" contains out conv2
check "it is trained" exits 0 "$program" train lenet.yaml --ledger ledger.db
check "under its name" [ -s runs/lenet/checkpoint.safetensors ]
check "a model that transformers does not have is not exported" exits 3 "$program" export lenet.yaml out_lenet
check "and that is said" contains err "no config.json"

vit="model_type: vit, image_size: 8, patch_size: 2, num_channels: 1, hidden_size: 16, num_hidden_layers: 2, num_attention_heads: 2, intermediate_size: 32"
model_run "{name: vit, config: {$vit}, classes: 3}" 3 >vit.yaml
check "a config in place is trained" exits 0 "$program" train vit.yaml --ledger ledger.db
check "and exported" exits 0 "$program" export vit.yaml exported
check "with a config.json" contains exported/config.json '"num_labels": 3'
check "and weights" [ -s exported/model.safetensors ]
check "a checkpoint can be named" exits 0 "$program" export vit.yaml again \
    --checkpoint runs/vit/checkpoint.safetensors
check "and gives the same" cmp exported/model.safetensors again/model.safetensors

model_run "{name: tuned, config: exported, weights: exported}" 1 >tuned.yaml
check "training starts with what was exported" exits 0 "$program" train tuned.yaml --ledger ledger.db
model_run "{name: head, config: exported, classes: 3, weights: exported, fresh: 'classifier.*'}" 1 >head.yaml
check "and with a new head" exits 0 "$program" train head.yaml --ledger ledger.db
model_run "{name: wide, config: exported, set: {hidden_size: 32}, weights: exported}" 1 >wide.yaml
check "weights of another size are refused" exits 3 "$program" train wide.yaml --ledger ledger.db
check "with the tensor and both shapes" contains err "has shape"
model_run "{zoo: lenett}" 1 >wrong.yaml
check "an unknown name is refused" exits 3 "$program" plan wrong.yaml
check "with the nearest" contains err "did you mean lenet"
check "export wants two names" exits 2 "$program" export vit.yaml
check "and a checkpoint that is there" exits 3 "$program" export vit.yaml x --checkpoint none.safetensors

echo "test_models: $passed checks"
