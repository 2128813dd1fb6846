"""revm as a peer, through pyrevm: the effects of one message call, made into the state root of a transaction (Cancun).

pyrevm runs a message call without charging fees or counting it in the sender's nonce, so the sender starts with the
balance that buying the gas leaves, and both are settled here; a creation it runs as a whole transaction. It cannot list
storage slots: programs for it keep their keys below 8.
"""
import re

import pyrevm
from ethereum.crypto.hash import keccak256
from ethereum.forks.cancun import fork_types, state as state_module
from ethereum_rlp import rlp
from ethereum_types.bytes import Bytes, Bytes32
from ethereum_types.numeric import U256, Uint

from programs import COINBASE, SENDER

GAS_PRICE = 1
PADDING = 33


class Revm:
    forks = {"Cancun": "CANCUN"}
    base_fee = 0
    gas_price = GAS_PRICE
    storage_mask = True
    has_clz = False
    # BLOBHASH, and precompile 0x0a whose set-up the package does not carry, are left to the specification.
    precompiles = list(range(1, 10))

    def __init__(self, fork):
        self.fork = fork

    def run(self, pre, env, nonce, transaction):
        to, value, data, gas = transaction
        evm = pyrevm.EVM(spec_id=self.forks[self.fork])
        evm.set_block_env(pyrevm.BlockEnv(
            number=int(env["currentNumber"], 16), coinbase=COINBASE, timestamp=int(env["currentTimestamp"], 16),
            basefee=0, gas_limit=int(env["currentGasLimit"], 16), prevrandao=bytes.fromhex(env["currentRandom"][2:])))
        for address, account in pre.items():
            is_charged_here = address == SENDER and to is not None
            balance = int(account["balance"], 16) - (gas * GAS_PRICE if is_charged_here else 0)
            code = bytes.fromhex(account["code"][2:])
            evm.insert_account_info(address, pyrevm.AccountInfo(
                balance=balance, nonce=int(account["nonce"], 16), **({"code": code} if code else {})))
            for slot, word in account["storage"].items():
                # Loads the account, which would stay warm if that were not undone; the storage stays.
                before = evm.snapshot()
                evm.insert_account_storage(address, int(slot, 16), int(word, 16))
                evm.revert(before)
        try:
            if to is None:
                evm.deploy(SENDER, data, value=value, gas=gas, gas_price=GAS_PRICE)
            else:
                evm.message_call(SENDER, to, calldata=data, value=value, gas=gas, gas_price=GAS_PRICE)
        except RuntimeError:
            pass
        result = evm.result
        if result is None:  # refused before it ran: what that leaves is the specification's business
            return None
        unsettled_gas = 0 if to is None else result.gas_used
        return self.root(evm, pre, nonce, 0 if to is None else gas, unsettled_gas), self.logs(result), False

    @staticmethod
    def root(evm, pre, nonce, bought_gas, used_gas):
        """The state root, with the sender given back what it did not use of `bought_gas`."""
        state = state_module.State()
        # Keys are addresses in the mixed case of their checksums.
        accounts = {address.lower(): info for address, info in {**evm.db_accounts, **evm.journal_state}.items()}
        gone = Revm.destroyed(evm.journal_str)
        for address, info in accounts.items():
            if address in gone:
                continue
            balance, number = info.balance, info.nonce
            if address == SENDER:
                balance += (bought_gas - used_gas) * GAS_PRICE
                number = max(number, nonce + 1)
            if address == COINBASE:
                balance += used_gas * GAS_PRICE
            code = bytes(evm.get_code(address) or b"")
            if address not in pre:  # a code that was deployed comes with the padding of its analysis
                code = code[:-PADDING]
            if not (balance or number or code):
                continue
            key = fork_types.Address(bytes.fromhex(address[2:]))
            state_module.set_account(
                state, key, fork_types.Account(nonce=Uint(number), balance=U256(balance), code=Bytes(code)))
            for slot in range(8):
                word = evm.storage(address, slot)
                if word:
                    state_module.set_storage(state, key, Bytes32(slot.to_bytes(32, "big")), U256(word))
        if COINBASE not in accounts and used_gas:
            state_module.set_account(
                state, fork_types.Address(bytes.fromhex(COINBASE[2:])),
                fork_types.Account(nonce=Uint(0), balance=U256(used_gas * GAS_PRICE), code=Bytes(b"")))
        return state_module.state_root(state)

    @staticmethod
    def destroyed(journal):
        """The addresses that were created and destroyed (EIP-6780), of which pyrevm tells only in its description."""
        entries = re.findall(r"(0x[0-9a-f]{40}): Account \{.*?status: AccountStatus\(([^)]*)\)", journal)
        return {address for address, status in entries if "Created" in status and "SelfDestructed" in status}

    @staticmethod
    def logs(result):
        entries = []
        for log in result.logs:
            topics = [bytes.fromhex(topic[2:]) for topic in log.topics]
            body = log.data[1] if isinstance(log.data, tuple) else log.data
            entries.append([bytes.fromhex(log.address[2:]), topics, bytes(body)])
        return keccak256(rlp.encode(entries))
