#!/usr/bin/env bash
# Launches a rollup by REST, moves ether onto it, and asks it for the balance:  Examples/launch.sh [NAME]
#
# Needs what ./run has started; curl, python3, and mayfly on the PATH. Other places: MAYFLY_PLATFORM, MAYFLY_L1, MAYFLY_DATA.
set -euo pipefail
name=${1:-example}
platform=${MAYFLY_PLATFORM:-http://127.0.0.1:8700}
l1=${MAYFLY_L1:-http://127.0.0.1:8545}
data=${MAYFLY_DATA:-mayfly-data}
# Anybody's account: nothing has to be signed to receive.
holder=0x00000000000000000000000000000000000B0b01

field() { python3 -c 'import json, sys; print(json.load(sys.stdin).get(sys.argv[1]) or "")' "$1"; }

# The same order under the same key is taken once, however often it is sent.
curl -sS --fail-with-body "$platform/v1/rollups" -H 'Content-Type: application/json' -H "Idempotency-Key: launch.sh $name" \
    -d "{\"name\": \"$name\", \"template\": \"mint\", \"drainBlocks\": 1}" >/dev/null
until state=$(curl -sS "$platform/v1/rollups/$name" | field state); [[ $state != launching ]]; do sleep 0.2; done
[[ $state == active ]] || { echo "$name is $state" >&2; exit 1; }
rpc=$(curl -sS "$platform/v1/rollups/$name" | field rpcUrl)
echo "$name is active at $rpc"

# Signed with the first development account, as the embedded L1 has it.
mayfly bridge deposit --rollup "$data/platform/rollups/$name/rollup.json" --l1 "$l1" --node "$rpc" --amount 2 --to "$holder"

balance=$(curl -sS "$rpc" -H 'Content-Type: application/json' \
    -d "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"eth_getBalance\", \"params\": [\"$holder\", \"latest\"]}" | field result)
python3 -c 'import sys; print(f"{sys.argv[1]} has {int(sys.argv[2], 16) / 10**18} ETH on the rollup")' "$holder" "$balance"
