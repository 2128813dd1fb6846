#!/usr/bin/env python3
"""Sends ether on a rollup with web3.py:  Examples/transfer.py RPC_URL

A rollup is an Ethereum node to a program: only the URL is another. Needs `pip install web3` and, on the rollup, ether of the
development account below (mayfly bridge deposit --to).
"""
import sys

from eth_account import Account
from web3 import Web3

Account.enable_unaudited_hdwallet_features()
# Everybody knows these words: for the embedded L1 only.
SENDER = Account.from_mnemonic("test test test test test test test test test test test junk", account_path="m/44'/60'/0'/0/9")


def main(url):
    rollup = Web3(Web3.HTTPProvider(url))
    balance = rollup.eth.get_balance(SENDER.address)
    if balance < Web3.to_wei(1, "ether"):
        sys.exit(f"{SENDER.address} has {Web3.from_wei(balance, 'ether')} ETH on the rollup: deposit more for it first")
    receiver = Account.create().address
    fees = rollup.eth.get_block("latest")["baseFeePerGas"] * 2
    signed = SENDER.sign_transaction({
        "type": 2, "chainId": rollup.eth.chain_id, "nonce": rollup.eth.get_transaction_count(SENDER.address), "to": receiver,
        "value": Web3.to_wei(0.5, "ether"), "gas": 21_000, "maxFeePerGas": fees + 1, "maxPriorityFeePerGas": 1})
    receipt = rollup.eth.wait_for_transaction_receipt(rollup.eth.send_raw_transaction(signed.raw_transaction), timeout=60)
    assert receipt["status"] == 1
    # The sequencer has promised it: the block that has it may be the one that is still open, which is called pending.
    has = rollup.eth.get_balance(receiver, "pending")
    print(f"{receiver} has {Web3.from_wei(has, 'ether')} ETH since block {receipt['blockNumber']}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    main(sys.argv[1])
