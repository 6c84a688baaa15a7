#!/usr/bin/env bash
# Installs what building and testing need from the system's package manager, and nothing that is there.
#
#   scripts/setup.sh               compiler, pkg-config, GDAL and its tools
#   scripts/setup.sh --with-qgis   the same and QGIS, for the check that opens the results in it
#
# Works as root or through sudo. Where the system has no apt it names the packages and stops.
# Ends with 0 when all is there, 1 when something is missing and could not be installed, 2 on wrong usage.
set -euo pipefail

oldest_gdal=3.6

usage() {
    sed -n '2,8s/^# \{0,1\}//p' "$0"
}

say() {
    printf 'setup: %s\n' "$*" >&2
}

# Whether version $1 is $2 or newer.
at_least() {
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

with_qgis=no
for argument in "$@"; do
    case "$argument" in
        --with-qgis) with_qgis=yes ;;
        -h | --help) usage; exit 0 ;;
        *) say "unknown argument: $argument"; usage >&2; exit 2 ;;
    esac
done

cd "$(dirname "$0")/.."

# The Rust toolchain comes from rustup, not from the system: most systems carry one that is too old.
needed=$(sed -n 's/^rust-version *= *"\([^"]*\)".*/\1/p' Cargo.toml)
PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
if ! command -v cargo >/dev/null 2>&1; then
    say "cargo was not found. Install Rust $needed or newer from https://rustup.rs and try again."
    exit 1
fi
found=$(cargo --version | cut -d ' ' -f 2)
if ! at_least "$found" "$needed"; then
    say "$(command -v cargo) is $found and $needed or newer is needed."
    say "With rustup, run: rustup update stable. Without it, install Rust from https://rustup.rs."
    exit 1
fi

# What is missing is asked of the commands and libraries themselves, so that a GDAL or a compiler from
# elsewhere counts too.
packages=()
if ! command -v cc >/dev/null 2>&1 || ! command -v make >/dev/null 2>&1; then
    packages+=(build-essential)
fi
if ! command -v pkg-config >/dev/null 2>&1; then
    packages+=(pkg-config libgdal-dev)
elif ! pkg-config --exists gdal; then
    packages+=(libgdal-dev)
fi
if ! command -v gdalinfo >/dev/null 2>&1 || ! command -v ogrinfo >/dev/null 2>&1; then
    packages+=(gdal-bin)
fi
if [ "$with_qgis" = yes ] && ! /usr/bin/python3 -c 'import qgis.core' >/dev/null 2>&1; then
    packages+=(qgis python3-qgis qgis-providers)
fi

if [ ${#packages[@]} -gt 0 ]; then
    if ! command -v apt-get >/dev/null 2>&1; then
        say "these packages are missing (Debian's names): ${packages[*]}"
        say "this system has no apt. Install them with its own package manager and try again."
        exit 1
    fi
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            say "these packages are missing: ${packages[*]}"
            say "run as root: apt-get install --no-install-recommends ${packages[*]}"
            exit 1
        fi
        as_root=(sudo)
        if [ -n "${CI:-}" ]; then as_root=(sudo -n); fi
    fi
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    apt_get() {
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get -qq -o DPkg::Lock::Timeout=300 "$@" </dev/null >"$log" 2>&1
    }
    say "installing ${packages[*]}"
    # Package lists that are old can still serve, so only the installation decides.
    apt_get update || true
    if ! apt_get install -y --no-install-recommends "${packages[@]}"; then
        tail -n 20 "$log" >&2
        say "could not install: ${packages[*]}"
        exit 1
    fi
fi

gdal=$(pkg-config --modversion gdal)
if ! at_least "$gdal" "$oldest_gdal"; then
    say "GDAL is $gdal and $oldest_gdal or newer is needed"
    exit 1
fi
