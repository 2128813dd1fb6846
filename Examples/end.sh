#!/usr/bin/env bash
# Ends a rollup and pays everybody on L1:  Examples/end.sh [NAME]
#
# Needs what ./run has started, and mayfly on the PATH. Other places: MAYFLY_PLATFORM, MAYFLY_L1, MAYFLY_DATA.
set -euo pipefail
name=${1:-example}
export MAYFLY_PLATFORM=${MAYFLY_PLATFORM:-http://127.0.0.1:8700}
l1=${MAYFLY_L1:-http://127.0.0.1:8545}
data=${MAYFLY_DATA:-mayfly-data}

echo "Who would get what:"
mayfly dissolve "$name" --dry-run
# Waits for the challenge window: a minute on the embedded L1.
mayfly dissolve "$name"
# The platform could be gone by now: the archive, or L1 and the rollup's data, are enough.
mayfly claim "$data/platform/retired/$name" --archive "$data/platform/retired/$name/state.archive" --l1 "$l1" --all
