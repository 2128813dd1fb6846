"""The predeploys on Mayfly's own EVM: the same calls give the same answers and logs as on the one from PyPI."""

import boa
from rollup import (
    DEPOSITOR,
    PARAMETERS,
    RELAY,
    VERSION_1,
    address_of,
    alias,
    call_data,
    execute,
    logs,
    predeploy,
    slots_of,
)
from test_l1_block import EXAMPLE, packed

ALICE, BOB = address_of(0xA11CE << 140), address_of(0xB0B << 140)
REMOTE = address_of(0x71 << 152)
L1_BRIDGE, L1_ERC721_BRIDGE = address_of(PARAMETERS["l1StandardBridge"]), address_of(PARAMETERS["l1ERC721Bridge"])
MESSENGER, BRIDGE, ERC721_BRIDGE, PASSER = predeploy(0x07), predeploy(0x10), predeploy(0x14), predeploy(0x16)
FINALIZE_ETH = "finalizeBridgeETH(address,address,uint256,bytes)"
FINALIZE_ERC20 = "finalizeBridgeERC20(address,address,address,address,uint256,bytes)"
FINALIZE_ERC721 = "finalizeBridgeERC721(address,address,address,address,uint256,bytes)"


def script(token: str, collection: str):
    """A rollup's day: sender, target, data and value of each call."""
    other = alias(PARAMETERS["l1CrossDomainMessenger"])
    relay = lambda nonce, sender, target, value, data: (
        other,
        MESSENGER,
        call_data(RELAY, VERSION_1 | nonce, sender, target, value, 500_000, data),
        value,
    )
    return [
        (DEPOSITOR, predeploy(0x15), packed("Jovian", EXAMPLE, 12), 0),
        (ALICE, predeploy(0x15), packed("Jovian", EXAMPLE, 12), 0),
        (ALICE, predeploy(0x15), call_data("daFootprintGasScalar()"), 0),
        (ALICE, predeploy(0x0F), call_data("getL1Fee(bytes)", bytes(range(250)) * 3 + b"abc" * 500), 0),
        (ALICE, predeploy(0x0F), call_data("getOperatorFee(uint256)", 21_000), 0),
        (ALICE, predeploy(0x12), call_data("createOptimismMintableERC20(address,string,string)", REMOTE, "T", "S"), 0),
        (ALICE, predeploy(0x17), call_data("createOptimismMintableERC721(address,string,string)", REMOTE, "T", "S"), 0),
        relay(0, L1_BRIDGE, BRIDGE, 99, call_data(FINALIZE_ETH, BOB, BOB, 99, b"x")),
        relay(1, L1_BRIDGE, BRIDGE, 0, call_data(FINALIZE_ERC20, token, REMOTE, BOB, ALICE, 10**18, b"x")),
        relay(
            2, L1_ERC721_BRIDGE, ERC721_BRIDGE, 0, call_data(FINALIZE_ERC721, collection, REMOTE, BOB, ALICE, 5, b"x")
        ),
        relay(
            2, L1_ERC721_BRIDGE, ERC721_BRIDGE, 0, call_data(FINALIZE_ERC721, collection, REMOTE, BOB, ALICE, 5, b"x")
        ),
        relay(3, BOB, BRIDGE, 0, call_data(FINALIZE_ERC20, token, REMOTE, BOB, ALICE, 10**18, b"x")),
        relay(4, BOB, PASSER, 0, b""),
        (ALICE, collection, call_data("tokenURI(uint256)", 5), 0),
        (ALICE, token, call_data("transfer(address,uint256)", BOB, 7), 0),
        (
            ALICE,
            BRIDGE,
            call_data("bridgeERC20(address,address,uint256,uint32,bytes)", token, REMOTE, 10**17, 5, b"y"),
            0,
        ),
        (
            ALICE,
            ERC721_BRIDGE,
            call_data("bridgeERC721(address,address,uint256,uint32,bytes)", collection, REMOTE, 5, 5, b"y"),
            0,
        ),
        (ALICE, BRIDGE, b"", 12_345),
        (ALICE, MESSENGER, call_data("sendMessage(address,bytes,uint32)", BOB, b"hello" * 1000, 9), 1),
        (ALICE, PASSER, call_data("messageNonce()"), 0),
        (ALICE, PASSER, call_data("burn()"), 0),
        (ALICE, PASSER, call_data("burn()"), 0),
        (ALICE, predeploy(0x06), b"", 55),
        (ALICE, predeploy(0x06), call_data("withdraw(uint256)", 50), 0),
        (ALICE, predeploy(0x1A), b"", 2 * 10**18),
        (BOB, predeploy(0x1A), call_data("withdraw()"), 0),
        (BOB, predeploy(0x18), call_data("upgrade(address,address)", PASSER, BOB), 0),
        (alias(PARAMETERS["governor"]), predeploy(0x18), call_data("upgrade(address,address)", PASSER, BOB), 0),
        (ALICE, predeploy(0x18), call_data("getProxyImplementation(address)", PASSER), 0),
    ]


def test_the_same_answers_and_logs(mayfly_l1, description, rollup):
    with boa.env.anchor():
        token = rollup.OptimismMintableERC20Factory.createOptimismMintableERC20(REMOTE, "T", "S")
        collection = rollup.OptimismMintableERC721Factory.createOptimismMintableERC721(REMOTE, "T", "S")
    calls = script(token, collection)

    ours = simulate(mayfly_l1, description, calls)
    theirs = []
    for sender, to, data, value in calls:
        boa.env.set_balance(sender, 10**20)
        result = execute(to, data, sender, value, gas=3_000_000)
        theirs.append((result.is_error, result.output, [] if result.is_error else logs(result)))
    assert len(ours) == len(theirs) == len(calls)
    for index, (one, other) in enumerate(zip(ours, theirs)):
        assert one == other, calls[index]
    assert [index for index, (failed, _, _) in enumerate(ours) if failed] == [1, 10, 12, 26]
    # The second time there is nothing left to burn.
    assert ours[20][2] != ours[21][2]


def simulate(web3, description, calls):
    """The calls on a state with the genesis in it, on a node: failed or not, what came back, and the logs."""
    overrides = {
        account["address"]: {
            "code": description["codes"][account["code"]],
            "state": {f"0x{slot:064x}": f"0x{value:064x}" for slot, value in slots_of(account, PARAMETERS).items()},
        }
        for account in description["accounts"]
    }
    for sender, *_ in calls:
        overrides.setdefault(sender.lower(), {})["balance"] = hex(10**20)
    parameters = {
        "blockStateCalls": [
            {
                "stateOverrides": overrides,
                "calls": [
                    {"from": sender, "to": to, "input": "0x" + data.hex(), "value": hex(value), "gas": hex(3_100_000)}
                    for sender, to, data, value in calls
                ],
                "blockOverrides": {"gasLimit": hex(10**9)},
            }
        ]
    }
    answer = web3.provider.make_request("eth_simulateV1", [parameters, "latest"])
    assert "result" in answer, answer
    outcomes = []
    for call in answer["result"][0]["calls"]:
        data = call["returnData"] if call["status"] == "0x1" else call["error"].get("data", call["returnData"])
        entries = [
            (
                web3.to_checksum_address(log["address"]),
                [bytes.fromhex(t[2:]) for t in log["topics"]],
                bytes.fromhex(log["data"][2:]),
            )
            for log in call["logs"]
        ]
        outcomes.append((call["status"] != "0x1", bytes.fromhex(data[2:]), entries))
    return outcomes
