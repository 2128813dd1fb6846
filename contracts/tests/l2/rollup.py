"""A rollup's genesis in titanoboa, made from `predeploys.json` as a node makes it, without constructors."""

from types import SimpleNamespace

import boa
from eth_abi import encode
from eth_utils import keccak, to_checksum_address

DEPOSITOR = "0xDeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001"
NO_SENDER = "0x000000000000000000000000000000000000dEaD"
ESTIMATION = "0x0000000000000000000000000000000000000001"
ZERO = "0x" + "00" * 20
ALIAS_OFFSET = 0x1111000000000000000000000000000000001111

# The parameters of the rollup of the tests.
PARAMETERS = {
    "governor": 0xA0 << 152 | 1,
    "l1CrossDomainMessenger": 0xFFFF << 144 | 2,
    "l1StandardBridge": 0xA0 << 152 | 3,
    "l1ERC721Bridge": 0xA0 << 152 | 4,
    "l1ChainID": 900,
}
for number, vault in enumerate(("sequencerFeeVault", "baseFeeVault", "l1FeeVault", "operatorFeeVault")):
    PARAMETERS |= {
        f"{vault}Recipient": 0xFE << 152 | number,
        f"{vault}MinimumWithdrawalAmount": 10**18 + number,
        f"{vault}WithdrawalNetwork": number % 2,
    }


def address_of(number: int) -> str:
    return to_checksum_address(f"0x{number % 2**160:040x}")


def predeploy(low: int) -> str:
    return address_of((0x42 << 152) + low)


def alias(address) -> str:
    """What a contract of L1 is called by on the rollup."""
    number = address if isinstance(address, int) else int(address, 16)
    return address_of(number + ALIAS_OFFSET)


def slots_of(account: dict, parameters: dict) -> dict[int, int]:
    """An account's storage for a rollup with these parameters."""
    slots = {}
    for entry in account["storage"]:
        value = parameters[entry["parameter"]] if "parameter" in entry else int(entry["value"], 16)
        if entry.get("alias"):
            value = (value + ALIAS_OFFSET) % 2**160
        slots[int(entry["slot"], 16)] = value
    return slots


def place(description: dict, parameters: dict) -> None:
    """Puts every account of the genesis into the state."""
    for account in description["accounts"]:
        address = to_checksum_address(account["address"])
        boa.env.set_code(address, bytes.fromhex(description["codes"][account["code"]][2:]))
        for slot, value in slots_of(account, parameters).items():
            boa.env.set_storage(address, slot, value)


def contracts_of(description: dict, l2) -> SimpleNamespace:
    """The predeploys by name."""
    names = {account["name"]: account["address"] for account in description["accounts"]}
    return SimpleNamespace(
        **{
            name: getattr(l2, description_code(description, name)).at(to_checksum_address(address))
            for name, address in names.items()
            if " " not in name
        }
    )


def description_code(description: dict, name: str) -> str:
    """The contract that runs at a predeploy: what its implementation is, or the account itself."""
    for wanted in (f"{name} implementation", name):
        for account in description["accounts"]:
            if account["name"] == wanted:
                return account["code"]
    raise KeyError(name)


def execute(to, data: bytes = b"", sender=None, value: int = 0, gas: int = 30_000_000):
    """A call whose outcome is looked at, reverted or not."""
    return boa.env.execute_code(to_address=to, data=data, sender=sender, value=value, gas=gas)


def call_data(signature: str, *arguments) -> bytes:
    inside = signature[signature.index("(") + 1 : -1]
    return keccak(text=signature)[:4] + encode(inside.split(",") if inside else [], arguments)


def logs(computation) -> list[tuple[str, list[bytes], bytes]]:
    """The logs of a call and all inside it: address, topics, data."""
    return [
        (to_checksum_address(address), [topic.to_bytes(32, "big") for topic in topics], data)
        for address, topics, data in computation.get_log_entries()
    ]


def topic(signature: str) -> bytes:
    return keccak(text=signature)


def word(value) -> bytes:
    """A value as a topic."""
    return (
        value if isinstance(value, bytes) else (int(value, 16) if isinstance(value, str) else value).to_bytes(32, "big")
    )


def solidity_slot(key: bytes, slot: int) -> int:
    """Where Solidity keeps a mapping's element."""
    return int.from_bytes(keccak(key + slot.to_bytes(32, "big")), "big")


RELAY = "relayMessage(uint256,address,address,uint256,uint256,bytes)"


def message_hash(nonce, sender, target, value, min_gas, message) -> bytes:
    return keccak(call_data(RELAY, nonce, sender, target, value, min_gas, message))


VERSION_1 = 1 << 240
