"""The executable Ethereum specification as a peer: state root and logs of one transaction."""
import importlib

import coincurve
from Crypto.Hash import keccak as keccak_module
from ethereum.crypto.hash import keccak256
from ethereum.exceptions import EthereumException
from ethereum_rlp import rlp
from ethereum_types.bytes import Bytes, Bytes0, Bytes32
from ethereum_types.numeric import U64, U256, Uint

from programs import COINBASE, SENDER_KEY

BASE_FEE = 10


def keccak(data):
    return keccak_module.new(digest_bits=256, data=data).digest()


class Specification:
    """One fork of the specification, by its name in state tests; `forks` are those that it is asked about first."""

    forks = ["Prague", "Osaka"]
    base_fee = BASE_FEE
    gas_price = 20
    storage_mask = False

    def __init__(self, fork):
        self.fork = fork
        folder = f"ethereum.forks.{fork.lower()}"
        self.rules = importlib.import_module(folder + ".fork")
        self.state = importlib.import_module(folder + ".state")
        self.transactions = importlib.import_module(folder + ".transactions")
        self.vm = importlib.import_module(folder + ".vm")
        self.types = importlib.import_module(folder + ".fork_types")
        self.has_clz = fork == "Osaka"
        self.precompiles = list(range(1, 18)) + ([0x100] if fork == "Osaka" else [])

    def sign(self, nonce, gas, to, value, data):
        target = self.types.Address(bytes.fromhex(to[2:])) if to else Bytes0()
        fields = [Uint(nonce), Uint(self.gas_price), Uint(gas), target, U256(value), Bytes(data)]
        digest = keccak(rlp.encode(fields + [Uint(1), Uint(0), Uint(0)]))
        signature = coincurve.PrivateKey(SENDER_KEY.to_bytes(32, "big")).sign_recoverable(digest, hasher=None)
        return self.transactions.LegacyTransaction(
            nonce=U256(nonce), gas_price=Uint(self.gas_price), gas=Uint(gas), to=target, value=U256(value),
            data=Bytes(data), v=U256(37 + signature[64]), r=U256(int.from_bytes(signature[:32], "big")),
            s=U256(int.from_bytes(signature[32:64], "big")))

    def run(self, pre, env, nonce, transaction):
        """(state root, hash of the logs, whether the transaction was rejected)."""
        state = self.state.State()
        for address, account in pre.items():
            key = self.types.Address(bytes.fromhex(address[2:]))
            self.state.set_account(state, key, self.types.Account(
                nonce=Uint(int(account["nonce"], 16)), balance=U256(int(account["balance"], 16)),
                code=Bytes(bytes.fromhex(account["code"][2:]))))
            for slot, value in account["storage"].items():
                self.state.set_storage(
                    state, key, Bytes32(int(slot, 16).to_bytes(32, "big")), U256(int(value, 16)))
        block = self.vm.BlockEnvironment(
            chain_id=U64(1), state=state, block_gas_limit=Uint(int(env["currentGasLimit"], 16)), block_hashes=[keccak256(b"0")],
            coinbase=self.types.Address(bytes.fromhex(COINBASE[2:])), number=Uint(int(env["currentNumber"], 16)),
            base_fee_per_gas=Uint(self.base_fee), time=U256(int(env["currentTimestamp"], 16)),
            prev_randao=Bytes32(bytes.fromhex(env["currentRandom"][2:])), excess_blob_gas=U64(0),
            parent_beacon_block_root=Bytes32(bytes(32)))
        output = self.vm.BlockOutput()
        to, value, data, gas = transaction
        try:
            self.rules.process_transaction(block, output, self.sign(nonce, gas, to, value, data), Uint(0))
        except EthereumException:
            return self.state.state_root(state), keccak(b"\xc0"), True
        return self.state.state_root(state), keccak256(rlp.encode(output.block_logs)), False
