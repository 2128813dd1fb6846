"""What a rollup's genesis holds: the predeployed contracts, as accounts with code and storage.

`describe` writes `artifacts/l2/predeploys.json` from the compiled contracts. With it a genesis is a function of a few
parameters and needs no EVM; the format is described in README.md.
"""

from dataclasses import dataclass, field

from eth_utils import keccak

NAMESPACE = 0x4200000000000000000000000000000000000000
# Where the specification puts the implementation behind a predeploy's proxy: the low two bytes are the predeploy's.
CODE_NAMESPACE = 0xC0D3C0D3C0D3C0D3C0D3C0D3C0D3C0D3C0D30000
# A blueprint lies this far behind the implementation of the factory that uses it.
BLUEPRINT_OFFSET = 0x1000
NAMESPACE_SIZE = 2048
# Addresses of the namespace that have no proxy: WETH and the governance token (OP Stack specification, predeploys).
WITHOUT_PROXY = (0x06, 0x42)
# The first bytes of an ERC-5202 blueprint of version 0.
BLUEPRINT_PREFIX = "fe7100"

PROXY = "PredeployProxy"
PROXY_ADMIN = NAMESPACE + 0x18
NO_SENDER = 0xDEAD


@dataclass(frozen=True)
class Parameter:
    """A value that differs between rollups."""

    name: str
    alias: bool = False


# Each parameter's type and meaning. Addresses of L1 are given as they are on L1.
PARAMETERS = {
    "governor": ("address", "L1: who upgrades the predeploys, by deposits (the timelock); in storage by its alias"),
    "l1CrossDomainMessenger": ("address", "L1: the messenger"),
    "l1StandardBridge": ("address", "L1: the bridge for ether and ERC-20 tokens"),
    "l1ERC721Bridge": ("address", "L1: the bridge for ERC-721 tokens"),
    "l1ChainID": ("uint256", "the chain identifier of L1"),
}
VAULTS = {0x11: "sequencerFeeVault", 0x19: "baseFeeVault", 0x1A: "l1FeeVault", 0x1B: "operatorFeeVault"}
for _vault in VAULTS.values():
    PARAMETERS |= {
        f"{_vault}Recipient": ("address", "who receives what the vault collects"),
        f"{_vault}MinimumWithdrawalAmount": ("uint256", "from how much on the vault pays out, wei"),
        f"{_vault}WithdrawalNetwork": ("uint8", "where the recipient is: 0 on L1, 1 on the rollup"),
    }


@dataclass(frozen=True)
class Predeploy:
    """A contract of the namespace, with the variables that its constructor would set."""

    name: str
    address: int
    storage: dict = field(default_factory=dict)
    # Of maps: the variable, the key and the value.
    entries: list = field(default_factory=list)
    code: str = ""
    proxied: bool = True


PREDEPLOYS = [
    Predeploy("WETH", 0x06, proxied=False),
    Predeploy(
        "L2CrossDomainMessenger", 0x07, {"otherMessenger": Parameter("l1CrossDomainMessenger"), "_sender": NO_SENDER}
    ),
    Predeploy("GasPriceOracle", 0x0F),
    Predeploy("L2StandardBridge", 0x10, {"otherBridge": Parameter("l1StandardBridge")}),
    Predeploy(
        "OptimismMintableERC20Factory",
        0x12,
        {"bridge": NAMESPACE + 0x10, "blueprint": CODE_NAMESPACE + BLUEPRINT_OFFSET + 0x12},
    ),
    Predeploy("L2ERC721Bridge", 0x14, {"otherBridge": Parameter("l1ERC721Bridge")}),
    Predeploy("L1Block", 0x15),
    Predeploy("L2ToL1MessagePasser", 0x16),
    Predeploy(
        "OptimismMintableERC721Factory",
        0x17,
        {
            "bridge": NAMESPACE + 0x14,
            "blueprint": CODE_NAMESPACE + BLUEPRINT_OFFSET + 0x17,
            "remoteChainID": Parameter("l1ChainID"),
        },
    ),
    Predeploy("ProxyAdmin", 0x18, {"owner": Parameter("governor", alias=True)}),
    # Ours, far from those of the specification.
    Predeploy(
        "MayflyCollectionFactory",
        0x7C0,
        {
            "blueprint": CODE_NAMESPACE + BLUEPRINT_OFFSET + 0x7C0,
            "blueprintERC1155": CODE_NAMESPACE + BLUEPRINT_OFFSET + 0x7C1,
        },
    ),
    # The vaults' last fees are paid on L1 to whom they pay: their resolvers are there from the start.
    Predeploy(
        "Dissolver",
        0x7D0,
        entries=[("resolverOf", NAMESPACE + low, Parameter(f"{vault}Recipient")) for low, vault in VAULTS.items()],
    ),
] + [
    Predeploy(
        name[0].upper() + name[1:],
        low,
        {
            "recipient": Parameter(f"{name}Recipient"),
            "minWithdrawalAmount": Parameter(f"{name}MinimumWithdrawalAmount"),
            "withdrawalNetwork": Parameter(f"{name}WithdrawalNetwork"),
        },
        code="FeeVault",
    )
    for low, name in VAULTS.items()
]

# Contracts that a factory makes, by the low bytes of the factory's address; of a second kind, those behind.
BLUEPRINTS = {
    0x12: "OptimismMintableERC20",
    0x17: "OptimismMintableERC721",
    0x7C0: "MayflyERC721",
    0x7C1: "MayflyERC1155",
}


def _address(number: int) -> str:
    return f"0x{number:040x}"


def _storage(built: dict, values: dict, entries=()) -> list[dict]:
    """The slots of variables and of entries of maps, sorted."""
    layout = built["storageLayout"].get("storage_layout", {})
    slots = []
    placed = [(layout[name]["slot"], value) for name, value in values.items()]
    for name, key, value in entries:
        # Vyper's order: the map's slot, then the key.
        words = layout[name]["slot"].to_bytes(32, "big") + key.to_bytes(32, "big")
        placed.append((int.from_bytes(keccak(words), "big"), value))
    for slot, value in placed:
        entry = {"slot": f"0x{slot:064x}"}
        if isinstance(value, Parameter):
            entry |= {"parameter": value.name} | ({"alias": True} if value.alias else {})
        else:
            entry["value"] = f"0x{value:064x}"
        slots.append(entry)
    return sorted(slots, key=lambda entry: entry["slot"])


def describe(built: dict[str, dict]) -> dict:
    """The description, from the artifacts of `sources/l2` by name."""
    codes, accounts = {}, []

    def account(name: str, address: int, code: str, storage: list[dict]) -> None:
        if code not in codes:
            codes[code] = built[code]["deployedBytecode"]
        accounts.append({"name": name, "address": _address(address), "nonce": 1, "code": code, "storage": storage})

    proxy_admin = {"admin": PROXY_ADMIN}
    for predeploy in PREDEPLOYS:
        code = predeploy.code or predeploy.name
        address, implementation = NAMESPACE + predeploy.address, CODE_NAMESPACE + predeploy.address
        storage = _storage(built[code], predeploy.storage, predeploy.entries)
        if not predeploy.proxied:
            account(predeploy.name, address, code, storage)
            continue
        storage += _storage(built[PROXY], proxy_admin | {"implementation": implementation})
        account(predeploy.name, address, PROXY, sorted(storage, key=lambda entry: entry["slot"]))
        account(f"{predeploy.name} implementation", implementation, code, [])
    for factory, name in BLUEPRINTS.items():
        codes[f"{name} blueprint"] = "0x" + BLUEPRINT_PREFIX + built[name]["bytecode"][2:]
        account(f"{name} blueprint", CODE_NAMESPACE + BLUEPRINT_OFFSET + factory, f"{name} blueprint", [])

    return {
        "parameters": [
            {"name": name, "type": kind, "meaning": meaning} for name, (kind, meaning) in sorted(PARAMETERS.items())
        ],
        "accounts": sorted(accounts, key=lambda entry: entry["address"]),
        "proxies": {
            "first": _address(NAMESPACE),
            "count": NAMESPACE_SIZE,
            "except": [_address(NAMESPACE + low) for low in WITHOUT_PROXY],
            "nonce": 1,
            "code": PROXY,
            "storage": _storage(built[PROXY], proxy_admin),
        },
        "codes": codes,
    }
