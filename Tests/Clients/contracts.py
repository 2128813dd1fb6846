"""Contracts for the tests of rollups: those of this folder, compiled, and those of the rollup by their interface."""
import json
import pathlib

import vyper
from eth_account import Account
from web3 import HTTPProvider, Web3
from web3.logs import DISCARD

from rollup import eventually

TOKEN_FACTORY = "0x4200000000000000000000000000000000000012"
COLLECTION_FACTORY = "0x4200000000000000000000000000000000000017"
FOLDER = pathlib.Path(__file__).parent
ARTIFACTS = FOLDER.parents[1] / "contracts/artifacts"


class Chain:
    """One chain, and one account that sends to it."""

    def __init__(self, url, account: Account):
        self.w3 = Web3(HTTPProvider(url))
        self.account = account

    def perform(self, call, **fields):
        """The receipt of a call that is sent and has to succeed."""
        # Of the open block: what is told of already may not be in a block yet.
        nonce = self.w3.eth.get_transaction_count(self.account.address, "pending")
        transaction = call.build_transaction({"from": self.account.address, "nonce": nonce, **fields})
        sent = self.w3.eth.send_raw_transaction(self.account.sign_transaction(transaction).raw_transaction)
        receipt = self.w3.eth.wait_for_transaction_receipt(sent, timeout=30, poll_latency=0.05)
        if receipt["status"] != 1:
            raise RuntimeError(f"{call} failed")
        return receipt

    def deploy(self, name, *arguments):
        """A contract of this folder."""
        compiled = vyper.compile_code((FOLDER / f"{name}.vy").read_text(), output_formats=["abi", "bytecode"])
        factory = self.w3.eth.contract(abi=compiled["abi"], bytecode=compiled["bytecode"])
        receipt = self.perform(factory.constructor(*arguments))
        return self.w3.eth.contract(receipt["contractAddress"], abi=compiled["abi"])

    def at(self, name, address):
        """A contract of a rollup: `l1/OptimismPortal`, for instance."""
        abi = json.loads((ARTIFACTS / f"{name}.json").read_text())["abi"]
        return self.w3.eth.contract(Web3.to_checksum_address(address), abi=abi)


def made_on_the_rollup(l2, token, collection=None):
    """What stands on a rollup for a token and, where there is one, a collection of L1, made by its factories."""
    made = []
    for factory, name, function, event, original in (
        (TOKEN_FACTORY, "OptimismMintableERC20", "createOptimismMintableERC20", "OptimismMintableERC20Created", token),
        (COLLECTION_FACTORY, "OptimismMintableERC721", "createOptimismMintableERC721", "OptimismMintableERC721Created",
         collection),
    ):
        if original is None:
            continue
        factory = l2.at(f"l2/{name}Factory", factory)
        receipt = l2.perform(factory.functions[function](original.address, "Trial there", "TRYT"))
        [event] = factory.events[event]().process_receipt(receipt, errors=DISCARD)
        made.append(l2.at(f"l2/{name}", event["args"]["localToken"]))
        # It is told of while its block is open still.
        eventually(lambda: l2.w3.eth.get_code(made[-1].address), 10, f"the {name} in a block")
    return made
