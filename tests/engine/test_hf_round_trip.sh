#!/usr/bin/env bash
# What we train and export is loaded by HuggingFace transformers with the same logits. Skipped where
# transformers is not installed, or where the library is built with a sanitizer, which Python's
# libraries do not stand.
set -u
python=${PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/powertrain/peers}/bin/python
library=${PT_BUILD_DIR:?the build}/src/libpowertrain.so
if [ ! -x "$python" ] || ! "$python" -c "import torch, transformers, safetensors" 2>/dev/null; then
    echo "skipped: no Python with transformers at $python; bench/peers.sh, then pip install transformers"
    exit 77
fi
if grep -q "^PT_SANITIZE:STRING=." "$PT_BUILD_DIR/CMakeCache.txt"; then
    echo "skipped: the library is built with a sanitizer"
    exit 77
fi
exec "$python" "${PT_SOURCE_DIR:?the source}/tests/reference/hf_round_trip.py" "$library"
