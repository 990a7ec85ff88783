#!/usr/bin/env bash
# The Python package: on its own, under powertrain meter, and in loops of PyTorch and transformers
# where these are.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_DATA_HOME="$folder/data" XDG_CACHE_HOME="$folder/cache" XDG_STATE_HOME="$folder/state"
export PYTHONPATH="$PT_SOURCE_DIR/python" PYTHONDONTWRITEBYTECODE=1
export POWERTRAIN_LIBRARY="$PT_BUILD_DIR/src/libpowertrain.so"
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" HF_HUB_OFFLINE=1
python=$(command -v python3) || {
    echo "skipped: there is no python3"
    exit 77
}
[ -e "$POWERTRAIN_LIBRARY" ] || {
    echo "skipped: there is no $POWERTRAIN_LIBRARY"
    exit 77
}
# A sanitizer must come before everything else. Programs that allocate without it, like PyTorch, are
# not for it.
preload=$(ldd "$POWERTRAIN_LIBRARY" | sed -n 's/.* => \(.*lib[at]san[^ ]*\) .*/\1/p' | tr '\n' ' ')

fail() {
    echo "FAILED: $*" >&2
    exit 1
}
meter() {
    "$POWERTRAIN" meter --ledger none --sensor model "$@"
}

# ---- on its own
cat >"$folder/alone.py" <<'PYTHON'
import os, sys, threading
import powertrain

def burn(count=200000):
    return sum(i * i for i in range(count))

with powertrain.meter(region="DE", sensor="model", interval=0.01) as m:
    with powertrain.phase("outer"):
        powertrain.set_phase("inner")
        burn()
    burn()
r = m.result
assert r.joules > 0 and r.low <= r.joules <= r.high, r
assert abs(sum(j for _, j in r.phases.values()) - r.joules) < 1e-9 + 1e-9 * r.joules
assert set(r.phases) == {"run", "outer", "inner"}, r.phases
count, seconds, joules = r.windows["outer"]
assert count == 1 and abs(joules - r.phases["inner"][1] - r.phases["outer"][1]) < 1e-9
assert r.kwh == r.joules / 3.6e6 and r.sensor == "model"
assert r.currency == "EUR" and r.money > 0 and r.co2e_kg > 0
with powertrain.meter(sensor="model") as plain:
    pass
assert plain.result.money is None and plain.result.co2e_kg is None

seen = []
@powertrain.metered(callback=seen.append, sensor="model")
def work(x):
    "does it"
    return burn() and x
assert work(7) == 7 and work.__doc__ == "does it" and "work" in seen[0].windows

# a name with anything in it, from several threads, and a function that fails
with powertrain.meter(sensor="model") as m:
    threads = [threading.Thread(target=lambda: [powertrain.set_phase("a\nb\0\udc80") or
                                                powertrain.set_phase("c") for _ in range(1000)])
               for _ in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    try:
        with powertrain.phase("fails"):
            raise KeyError
    except KeyError:
        pass
assert "fails" in m.result.windows

for wrong, text in (({"sensor": "crystal-ball"}, "crystal-ball"), ({"region": "XX"}, "XX"),
                    ({"region": "DE", "tariff": "x"}, "exclude"), ({"tariff": "/none"}, "/none")):
    try:
        powertrain.meter(**wrong).start()
        raise SystemExit("%r was taken" % (wrong,))
    except powertrain.PowertrainError as error:
        assert text in str(error), error
assert not powertrain.step(1)  # nobody listens
for name in ("@nobody", "x", "", "@" + "x" * 300):
    os.environ["POWERTRAIN_SOCKET"] = name
    assert not powertrain.step(1)
assert "torch" not in sys.modules and "transformers" not in sys.modules
PYTHON
LD_PRELOAD=$preload "$python" "$folder/alone.py" || fail "on its own"
POWERTRAIN_LIBRARY=/none.so "$python" -c '
import powertrain
try:
    powertrain.meter().start()
except powertrain.PowertrainError as error:
    assert "/none.so" in str(error) and "POWERTRAIN_LIBRARY" in str(error), error
else:
    raise SystemExit(1)' || fail "a library that is not there"

# ---- under powertrain meter: no library, no second meter, rows in its bill
cat >"$folder/under.py" <<'PYTHON'
import os
import powertrain
with powertrain.meter() as m:
    with powertrain.phase("epoch"):
        powertrain.set_phase("forward")
        sum(range(1000000))
assert m.result is None
assert powertrain.step(17, 400) and powertrain.loss(2.5) and powertrain.samples(64)
if os.fork() == 0:  # another process: its phases do not count
    assert powertrain.step(99)
    os._exit(0)
os.wait()
PYTHON
POWERTRAIN_LIBRARY=/none.so meter --json -o "$folder/bill" -- "$python" "$folder/under.py" ||
    fail "under powertrain meter"
for text in '"label": "forward"' '"name": "epoch"' '"step": 17' '"steps": 400' '"samples": 64' \
    '"loss": 2.5' '"foreign": 1' '"malformed": 0'; do
    grep -qF "$text" "$folder/bill" || fail "no $text in $(cat "$folder/bill")"
done

# ---- PyTorch and transformers: needs a Python that has them
for candidate in "${PT_TORCH_PYTHON:-}" "$HOME/.cache/powertrain/peers/bin/python" "$python"; do
    if [ -n "$candidate" ] && "$candidate" -c 'import torch' 2>/dev/null; then
        torch=$candidate
        break
    fi
done
if [ -z "${torch:-}" ]; then
    echo "python: ok, but no Python here has torch (PT_TORCH_PYTHON=PATH)"
    exit 0
fi
cat >"$folder/loop.py" <<'PYTHON'
import torch
from powertrain.integrations import torch_phases
torch.set_num_threads(1)
model = torch.nn.Linear(64, 64)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
loader = torch.utils.data.DataLoader(torch.randn(64, 64), batch_size=16)
with torch_phases(model, optimizer) as loop:
    for batch in loop.data(loader):
        model(batch).square().mean().backward()
        optimizer.step()
        optimizer.zero_grad()
    model.eval()
    model(torch.randn(16, 64))
before = len(model._forward_hooks)
assert before == 0
PYTHON
meter --json -o "$folder/bill" -- "$torch" "$folder/loop.py" || fail "a loop of PyTorch"
for name in data forward backward optimizer evaluation; do
    grep -qF "\"label\": \"$name\"" "$folder/bill" || fail "no $name in $(cat "$folder/bill")"
done
"$torch" -c 'import transformers, accelerate' 2>/dev/null || {
    echo "python: ok, but $torch has no transformers with accelerate"
    exit 0
}
cat >"$folder/trainer.py" <<'PYTHON'
import sys, torch, transformers
import powertrain
torch.set_num_threads(1)
class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(8, 1)
    def forward(self, x, labels):
        y = self.layer(x).squeeze(-1)
        return {"loss": ((y - labels) ** 2).mean(), "logits": y}
data = [{"x": torch.randn(8), "labels": torch.tensor(0.5)} for _ in range(16)]
callback = powertrain.integrations.hf_callback()
arguments = transformers.TrainingArguments(
    sys.argv[1], per_device_train_batch_size=4, num_train_epochs=2, report_to=[], logging_steps=1,
    save_strategy="no", use_cpu=True, disable_tqdm=True)
transformers.Trainer(Model(), arguments, train_dataset=data, callbacks=[callback]).train()
PYTHON
meter --json -o "$folder/bill" -- "$torch" "$folder/trainer.py" "$folder/hf" >"$folder/out" 2>&1 ||
    fail "a Trainer: $(tail -n 5 "$folder/out")"
for text in '"name": "epoch"' '"label": "optimizer"' '"label": "data"' '"step": 8' '"steps": 8' \
    '"label": "forward and backward"'; do
    grep -qF "$text" "$folder/bill" || fail "no $text in $(cat "$folder/bill")"
done
echo "python: ok"
