#!/usr/bin/env bash
# Installs the Debian packages that are missing, and nothing if none is. Says what it will install,
# and asks for root only then. The reason for each package stands in README.md.
set -eu

packages=(
    gcc libc6-dev make cmake pkg-config
    libyaml-dev libjansson-dev zlib1g-dev libsqlite3-dev libcmocka-dev
    libpcre2-dev libutf8proc-dev libpng-dev libjpeg-dev
    libcurl4-openssl-dev libexpat1-dev
    libmicrohttpd-dev
    libjs-chart.js
    libdnnl2 libopenblas0-openmp
    dataset-fashion-mnist
)

if ! command -v dpkg-query >/dev/null; then
    echo "install-deps: this is not Debian or Ubuntu. Install the equivalents of:" >&2
    echo "  ${packages[*]}" >&2
    echo "and build with: cmake --preset release && cmake --build build/release" >&2
    exit 1
fi

missing=()
for package in "${packages[@]}"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

run=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "install-deps: root is needed. As root, run:" >&2
        echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
        exit 1
    fi
    run=(sudo)
fi
echo "install-deps: installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
"${run[@]}" apt-get update -qq
"${run[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
