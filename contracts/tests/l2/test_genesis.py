"""The genesis from `predeploys.json`, the proxies, and who may change them."""

import json
import os
from pathlib import Path

import boa
import rlp
from build import signature
from eth_utils import keccak, to_checksum_address
from rollup import PARAMETERS, ZERO, address_of, alias, call_data, execute, logs, predeploy, slots_of, topic, word
from trie import HexaryTrie

ADMIN = predeploy(0x18)
IMPLEMENTATION_SLOT = int.from_bytes(keccak(text="eip1967.proxy.implementation"), "big") - 1
ADMIN_SLOT = int.from_bytes(keccak(text="eip1967.proxy.admin"), "big") - 1
GOVERNOR = alias(PARAMETERS["governor"])

# What the constructors take, by contract, in terms of the parameters.
CONSTRUCTORS = {
    "L2CrossDomainMessenger": lambda p: [address_of(p["l1CrossDomainMessenger"])],
    "L2StandardBridge": lambda p: [address_of(p["l1StandardBridge"])],
    "OptimismMintableERC20Factory": lambda p: [predeploy(0x10), "0xC0D3c0d3C0D3c0d3C0d3C0d3C0D3C0d3c0d31012"],
    "L1Block": lambda p: [],
    "L2ToL1MessagePasser": lambda p: [],
    "ProxyAdmin": lambda p: [alias(p["governor"])],
    "WETH": lambda p: [],
    "GasPriceOracle": lambda p: [],
    "L2ERC721Bridge": lambda p: [address_of(p["l1ERC721Bridge"])],
    "OptimismMintableERC721Factory": lambda p: [
        predeploy(0x14),
        "0xC0D3c0d3C0D3c0d3C0d3C0d3C0D3C0d3c0d31017",
        p["l1ChainID"],
    ],
    "MayflyCollectionFactory": lambda p: [
        "0xC0D3c0d3C0D3c0d3C0d3C0d3C0D3C0d3c0d317C0",
        to_checksum_address("0xC0D3c0d3C0D3c0d3C0d3C0d3C0D3C0d3c0d317C1"),
    ],
    "Dissolver": lambda p: [],
    "SequencerFeeVault": lambda p: vault(p, "sequencerFeeVault"),
    "BaseFeeVault": lambda p: vault(p, "baseFeeVault"),
    "L1FeeVault": lambda p: vault(p, "l1FeeVault"),
    "OperatorFeeVault": lambda p: vault(p, "operatorFeeVault"),
}


def vault(parameters, name) -> list:
    recipient, minimum, network = (
        parameters[name + what] for what in ("Recipient", "MinimumWithdrawalAmount", "WithdrawalNetwork")
    )
    return [address_of(recipient), minimum, network]


NEW = """
seen: public(uint256)

@external
@payable
def start(number: uint256) -> uint256:
    self.seen = number
    return number + msg.value

@external
def fail():
    raw_revert(method_id("Refused()"))

@external
@view
@raw_return
def answer(length: uint256) -> Bytes[3000]:
    filling: Bytes[3000] = concat(empty(bytes32), FILL)
    return slice(filling, 0, length)

FILL: constant(Bytes[2968]) = x"%s"
""" % ("11" * 2968)


def accounts(description) -> dict:
    return {account["name"]: account for account in description["accounts"]}


def predeploys(description) -> list[dict]:
    return [account for account in description["accounts"] if account["address"].startswith("0x4200000000")]


def test_is_what_the_constructors_make(description, l2):
    """Every variable: what a constructor leaves behind, beside the proxy's slots, is what the genesis says."""
    named = {account["name"] for account in predeploys(description)}
    assert named == set(CONSTRUCTORS)
    for account in predeploys(description):
        name = account["name"]
        parameters = {key: value if value < 2 else value + 5 for key, value in PARAMETERS.items()}
        code = accounts(description).get(f"{name} implementation", account)["code"]
        deployed = getattr(l2, code).deploy(*CONSTRUCTORS[name](parameters)).address
        expected = {slot: value for slot, value in slots_of(account, parameters).items() if value}
        if name == "Dissolver":
            # No constructor writes these: the vaults' recipients are their resolvers.
            for low in (0x11, 0x19, 0x1A, 0x1B):
                vault_name = next(a["name"] for a in predeploys(description) if a["address"] == predeploy(low).lower())
                recipient = parameters[vault_name[0].lower() + vault_name[1:] + "Recipient"]
                slot = keccak((1).to_bytes(32, "big") + int(predeploy(low), 16).to_bytes(32, "big"))
                assert expected.pop(int.from_bytes(slot, "big")) == recipient
        if account["code"] == "PredeployProxy":
            assert expected.pop(ADMIN_SLOT) == int(ADMIN, 16)
            implementation = accounts(description)[f"{name} implementation"]["address"]
            assert expected.pop(IMPLEMENTATION_SLOT) == int(implementation, 16)
            assert int(implementation, 16) & 0xFFFF == int(account["address"], 16) & 0xFFFF
        assert storage_of(deployed) == expected, name
        assert description["codes"][code] == "0x" + bytes(boa.env.get_code(deployed)).hex(), name


def storage_of(address) -> dict[int, int]:
    """All slots of an account that are not zero, from what the machine wrote."""
    store = boa.env.evm.vm.state._account_db._get_address_store(bytes.fromhex(address[2:]))
    written = [int.from_bytes(key, "big") for key in store._journal_storage._journal._current_values]
    return {slot: value for slot in written if (value := boa.env.get_storage(address, slot))}


def test_codes_are_the_artifacts(description, artifact):
    for name, code in description["codes"].items():
        if name.endswith(" blueprint"):
            assert code == "0xfe7100" + artifact("l2", name.removesuffix(" blueprint"))["bytecode"][2:]
        else:
            assert code == artifact("l2", name)["deployedBytecode"]
    assert {account["code"] for account in description["accounts"]} == set(description["codes"])


def test_parameters_are_all_used_and_known(description):
    used = {
        entry["parameter"]
        for account in description["accounts"]
        for entry in account["storage"]
        if "parameter" in entry
    }
    assert used == {parameter["name"] for parameter in description["parameters"]} == set(PARAMETERS)


def test_the_namespace_is_proxied(description):
    proxies = description["proxies"]
    first, count = int(proxies["first"], 16), proxies["count"]
    assert (first, count) == (0x42 << 152, 2048)
    assert [int(address, 16) - first for address in proxies["except"]] == [0x06, 0x42]
    assert slots_of(proxies, {}) == {ADMIN_SLOT: int(ADMIN, 16)}


def test_no_predeploy_has_functions_that_the_proxy_takes(artifact, description):
    selectors = lambda name: {signature(e) for e in artifact("l2", name)["abi"] if e["type"] == "function"}
    taken = selectors("PredeployProxy")
    assert taken == {
        "admin()",
        "implementation()",
        "changeAdmin(address)",
        "upgradeTo(address)",
        "upgradeToAndCall(address,bytes)",
    }
    for code in {account["code"] for account in description["accounts"]} - {"PredeployProxy"}:
        if " " not in code:
            hashes = {keccak(text=s)[:4] for s in selectors(code)}
            assert not hashes & {keccak(text=s)[:4] for s in taken}


def root_of(entries: dict[bytes, bytes]) -> bytes:
    """The root of a trie whose keys are hashed."""
    trie = HexaryTrie({})
    for key, value in entries.items():
        trie[keccak(key)] = value
    return trie.root_hash


def storage_root(account, parameters) -> bytes:
    slots = slots_of(account, parameters)
    return root_of({word(slot): rlp.encode(value) for slot, value in slots.items() if value})


def state_of(description, parameters) -> dict[bytes, bytes]:
    """Every account of the genesis, encoded."""
    proxies, accounts = description["proxies"], {}
    first = int(proxies["first"], 16)
    for number in range(first, first + proxies["count"]):
        address = f"0x{number:040x}"
        if address not in proxies["except"]:
            accounts[address] = proxies
    accounts |= {account["address"]: account for account in description["accounts"]}
    roots, hashes = {}, {name: keccak(bytes.fromhex(code[2:])) for name, code in description["codes"].items()}
    encoded = {}
    for address, account in accounts.items():
        if id(account) not in roots:
            roots[id(account)] = storage_root(account, parameters)
        encoded[bytes.fromhex(address[2:])] = rlp.encode(
            [account["nonce"], 0, roots[id(account)], hashes[account["code"]]]
        )
    return encoded


def test_the_roots_of_the_example(description):
    """`genesis.json` is for whoever computes a genesis elsewhere; MAYFLY_WRITE_GAS=1 writes it anew."""
    path = Path(__file__).parent / "genesis.json"
    accounts = {account["name"]: account for account in description["accounts"]}
    kinds = {parameter["name"]: parameter["type"] for parameter in description["parameters"]}
    example = {
        "parameters": {
            name: address_of(value) if kinds[name] == "address" else hex(value) for name, value in PARAMETERS.items()
        },
        "accounts": len(state := state_of(description, PARAMETERS)),
        "stateRoot": "0x" + root_of(state).hex(),
        "messagePasserStorageRoot": "0x" + storage_root(accounts["L2ToL1MessagePasser"], PARAMETERS).hex(),
    }
    if os.environ.get("MAYFLY_WRITE_GAS") == "1":
        path.write_text(json.dumps(example, indent=1) + "\n")
    assert json.loads(path.read_text()) == example


def test_the_governor_upgrades(rollup, inline, account):
    new = inline(NEW).deploy()
    block = predeploy(0x15)
    boa.env.set_balance(GOVERNOR, 100)
    result = execute(ADMIN, call_data("upgrade(address,address)", block, new.address), GOVERNOR)
    assert not result.is_error
    assert logs(result) == [(block, [topic("Upgraded(address)"), word(new.address)], b"")]
    assert rollup.ProxyAdmin.getProxyImplementation(block) == new.address
    data = call_data("upgradeAndCall(address,address,bytes)", block, new.address, call_data("start(uint256)", 7))
    assert not execute(ADMIN, data, GOVERNOR, 5).is_error
    assert inline(NEW).at(block).seen() == 7 and boa.env.get_balance(block) == 5
    failing = call_data("upgradeAndCall(address,address,bytes)", block, new.address, call_data("fail()"))
    result = execute(ADMIN, failing, GOVERNOR)
    assert result.is_error and result.output == keccak(text="Refused()")[:4]


def test_a_network_upgrade_comes_from_the_zero_address(rollup, inline):
    new = inline(NEW).deploy()
    assert not execute(predeploy(0x15), call_data("upgradeTo(address)", new.address), ZERO).is_error
    result = execute(
        predeploy(0x15), call_data("upgradeToAndCall(address,bytes)", new.address, call_data("start(uint256)", 7)), ZERO
    )
    assert result.output == word(32) + word(32) + word(7)


def test_nobody_else_upgrades(rollup, account, inline, description):
    new = inline(NEW).deploy().address
    outsiders = [account("mallory"), address_of(PARAMETERS["governor"]), alias(GOVERNOR), predeploy(0x07), new]
    for outsider in outsiders:
        for target in predeploys(description):
            address = to_checksum_address(target["address"])
            for data in (
                call_data("upgradeTo(address)", new),
                call_data("upgradeToAndCall(address,bytes)", new, b""),
                call_data("changeAdmin(address)", outsider),
            ):
                if target["code"] == "PredeployProxy":
                    assert execute(address, data, outsider).is_error
            for data in (
                call_data("upgrade(address,address)", address, new),
                call_data("upgradeAndCall(address,address,bytes)", address, new, b""),
                call_data("changeProxyAdmin(address,address)", address, outsider),
                call_data("transferOwnership(address)", outsider),
            ):
                result = execute(ADMIN, data, outsider)
                assert result.is_error and b"Ownable: caller is not the owner" in result.output
    for target in predeploys(description):
        if target["code"] == "PredeployProxy":
            assert int(
                rollup.ProxyAdmin.getProxyImplementation(to_checksum_address(target["address"])), 16
            ) >> 16 == 0xC0D3 * ((2**144 - 1) // 0xFFFF)


def test_administration_is_handed_over(rollup, account, reverts):
    heir = account("heir")
    admin = rollup.ProxyAdmin
    with boa.env.prank(GOVERNOR):
        with reverts("Ownable: new owner is the zero address"):
            admin.transferOwnership(ZERO)
        admin.changeProxyAdmin(predeploy(0x15), heir)
        admin.transferOwnership(heir)
    assert admin.owner() == heir and admin.getProxyAdmin(predeploy(0x15)) == heir
    assert execute(ADMIN, call_data("transferOwnership(address)", GOVERNOR), GOVERNOR).is_error


def test_the_proxy_hands_everything_through(rollup, inline):
    new = inline(NEW).deploy()
    block = predeploy(0x15)
    execute(block, call_data("upgradeTo(address)", new.address), ZERO)
    sender = address_of(0x99)
    boa.env.set_balance(sender, 9)
    assert execute(block, call_data("start(uint256)", 4), sender, 9).output == word(13)
    assert execute(block, call_data("fail()"), sender).output == keccak(text="Refused()")[:4]
    filling = bytes(32) + b"\x11" * 2968
    for length in (1, 31, 2048):
        assert execute(block, call_data("answer(uint256)", length), sender).output == filling[:length]
    # More than it can carry is refused, not cut off.
    for length in (2049, 2050, 3000):
        result = execute(block, call_data("answer(uint256)", length), sender)
        assert result.is_error and b"Proxy: the implementation returned too much" in result.output


def test_an_empty_proxy_refuses_calls(rollup):
    block = predeploy(0x15)
    execute(block, call_data("upgradeTo(address)", ZERO), ZERO)
    assert execute(block, b"", address_of(1)).is_error
    assert execute(block, call_data("number()"), address_of(1)).is_error
