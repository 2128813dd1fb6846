#!/usr/bin/env python3
"""Runs random transactions in Mayfly and in an independent implementation and compares state roots and logs.

The peer fills state tests (the format of the official suites) with what it finds, and `mayfly conformance state` runs
them: a failing case is a difference. pyrevm has no whole transactions, so that some effects are only put together; where
revm differs the specification decides. Failing cases are kept in --keep, one file each, ready to become tests.

    Fuzz/differential/differential.py specification|revm --mayfly PATH [--seconds 60] [--seed N] [--keep FOLDER]
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from programs import COINBASE, SENDER, SENDER_KEY, Programs

BATCH = 100
GAS_LIMIT = 30_000_000


def peer_class(name):
    if name == "revm":
        from revm import Revm
        return Revm
    from specification import Specification
    return Specification


def case(peer, seed):
    """One filled state test, or None where the peer has no opinion."""
    programs = Programs(
        seed, storage_mask=peer.storage_mask, has_clz=peer.has_clz, precompiles=peer.precompiles)
    pre = programs.accounts()
    transaction = programs.transaction()
    env = {
        "currentCoinbase": COINBASE, "currentNumber": "0x1", "currentTimestamp": "0x3e8",
        "currentGasLimit": hex(GAS_LIMIT), "currentBaseFee": hex(peer.base_fee), "currentDifficulty": "0x0",
        "currentRandom": "0x" + "07" * 32, "currentExcessBlobGas": "0x0",
    }
    nonce = int(pre[SENDER]["nonce"], 16)
    answer = peer.run(pre, env, nonce, transaction)
    if answer is None:
        return None
    root, logs, rejected = answer
    to, value, data, gas = transaction
    post = {"hash": "0x" + bytes(root).hex(), "logs": "0x" + bytes(logs).hex(),
            "indexes": {"data": 0, "gas": 0, "value": 0}}
    if rejected:
        post["expectException"] = "rejected by the peer"
    return {
        "env": env, "pre": pre, "post": {peer.fork: [post]},
        "transaction": {
            "data": ["0x" + data.hex()], "gasLimit": [hex(gas)], "value": [hex(value)], "gasPrice": hex(peer.gas_price),
            "nonce": hex(nonce), "to": to or "", "sender": SENDER, "secretKey": f"0x{SENDER_KEY:064x}",
        },
        "config": {"chainid": "0x01", "blobSchedule": {
            "Cancun": {"target": "0x3", "max": "0x6", "baseFeeUpdateFraction": "0x32f0ed"},
            "Prague": {"target": "0x6", "max": "0x9", "baseFeeUpdateFraction": "0x4c6964"},
            "Osaka": {"target": "0x6", "max": "0x9", "baseFeeUpdateFraction": "0x4c6964"},
        }},
    }


def judged(filled, fork):
    """The same case with what the specification says in place of the peer's answer."""
    from specification import Specification
    judge = Specification(fork)
    transaction = filled["transaction"]
    judge.base_fee = int(filled["env"]["currentBaseFee"], 16)
    judge.gas_price = int(transaction["gasPrice"], 16)
    root, logs, rejected = judge.run(
        filled["pre"], filled["env"], int(transaction["nonce"], 16),
        (transaction["to"] or None, int(transaction["value"][0], 16), bytes.fromhex(transaction["data"][0][2:]),
         int(transaction["gasLimit"][0], 16)))
    post = {"hash": "0x" + bytes(root).hex(), "logs": "0x" + bytes(logs).hex(),
            "indexes": {"data": 0, "gas": 0, "value": 0}}
    if rejected:
        post["expectException"] = "rejected by the specification"
    return {**filled, "post": {fork: [post]}}


def run(mayfly, cases):
    """What `mayfly conformance state` prints of the cases, and how many it ran; None where it did not finish."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(cases, file)
        file.flush()
        process = subprocess.run(
            [mayfly, "conformance", "state", file.name], capture_output=True, text=True, timeout=600)
    closing = re.search(r"(\d+) passed, (\d+) failed", process.stdout)
    if closing is None:
        return f"exit {process.returncode}\n{process.stdout[-2000:]}{process.stderr[-2000:]}", None
    return process.stdout, int(closing[1]) + int(closing[2])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer", choices=["specification", "revm"])
    parser.add_argument("--mayfly", required=True, help="the mayfly executable")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--keep", type=pathlib.Path, default=pathlib.Path("Fuzz/found"))
    options = parser.parse_args()
    sys.setrecursionlimit(20_000)

    peers = [peer_class(options.peer)(fork) for fork in peer_class(options.peer).forks]
    deadline = time.monotonic() + options.seconds
    seed, compared, differing, overruled = options.seed, 0, [], 0
    while time.monotonic() < deadline:
        cases = {}
        for peer in peers:
            for _ in range(BATCH):
                filled = case(peer, seed)
                if filled is not None:
                    cases[f"differential_{options.peer}_{peer.fork}_{seed}"] = filled
                seed += 1
        output, count = run(options.mayfly, cases)
        if count is None:
            print(f"{options.mayfly} did not finish on seeds up to {seed}: {output}")
            keep(options.keep, f"differential_{options.peer}_crash_{seed}", cases)
            return 1
        compared += count
        if count != len(cases):
            print(f"ran {count} of {len(cases)} cases")
            return 1
        for line in output.splitlines():
            name = next((name for name in cases if f"::{name}/" in line), None)
            if name is None or not line.startswith("FAIL"):
                continue
            if options.peer != "specification":
                line, ran = run(options.mayfly, {name: judged(cases[name], next(iter(cases[name]["post"])))})
                if ran == 1 and "FAIL" not in line:
                    overruled += 1
                    continue
            differing.append(name)
            keep(options.keep, name, {name: cases[name]})
            print(line)
    print(f"differential {options.peer}: seeds {options.seed}..<{seed}, {compared} compared, {len(differing)} differ"
          + (f", in {overruled} the specification agrees with Mayfly against the peer" if overruled else ""))
    return 1 if differing else 0


def keep(folder, name, content):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
