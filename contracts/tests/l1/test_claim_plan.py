"""The calls that `mayfly claim` plans, sent to Claims itself: the plan is committed, and its maker's tests compare it."""

import json
import pathlib

import boa
import pytest

from ending import ZERO, State, ephemeral, logs, settle
from settlement import ETHER
from test_bridges import NFT, TOKEN
from test_claims import NFT_ON_L2, TOKEN_ON_L2, bridged, person

PLAN = json.loads((pathlib.Path(__file__).parent / "claim_plan.json").read_text())
TOKEN_ON_L1 = "0x000000000000000000000000000000000000aAa1"
NFT_ON_L1 = "0x000000000000000000000000000000000000aAA2"


def unhex(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def deploy_at(deployer, address: str):
    """A contract at the address that the plan's state has for it."""
    boa.env.deploy_code(bytecode=deployer.creation(), override_address=address)
    return deployer.at(address)


def listed(state, step) -> bytes:
    """The nodes of a call, listed here once more."""
    name, token = step["call"], step.get("token")
    if name.startswith("open"):
        return state.opening(token)
    if name == "claimItems":
        items = [(int(identifier, 16), delegate) for identifier, delegate in step["items"]]
        return state.items(token, items, step["areKnown"])[1]
    if name == "claimBalances":
        balances = [(int(identifier, 16), account, delegate) for identifier, account, delegate in step["balances"]]
        return state.balances(token, balances, step["areKnown"])[1]
    holders = [tuple(holder) for holder in step["holders"]]
    pairs, nodes = state.claims(holders, token, step.get("areKnown", False))
    assert pairs == holders
    return nodes


@pytest.fixture
def ended(shared, owner, artifact, inline):
    """A rollup that has ended with the plan's state, with what L1 holds for it."""
    rollup = ephemeral(shared, owner)
    token, nft = deploy_at(inline(TOKEN), TOKEN_ON_L1), deploy_at(inline(NFT), NFT_ON_L1)
    state = State(artifact)
    state.accounts = {}
    for account in PLAN["accounts"]:
        state.put(
            account["address"], balance=int(account["balance"], 16), nonce=account["nonce"],
            code=unhex(account["codeHash"]), storage={int(key, 16): int(value, 16) for key, value in account["slots"]})
    return rollup, state, token, nft


def test_what_is_planned_is_what_claims_takes(ended, l1):
    rollup, state, token, nft = ended
    state.seal()
    assert state.state.root_hash == unhex(PLAN["stateRoot"]) and state.settling() == unhex(PLAN["settle"])
    rollup.portal.donateETH(value=100 * ETHER)
    for step in PLAN["steps"]:
        assert listed(state, step) == unhex(step["nodes"]), step["call"]
    supply = state.storage(TOKEN_ON_L2)[2]
    bridged(rollup, token, supply, TOKEN_ON_L2)
    items = [
        int(item[0], 16)
        for step in PLAN["steps"]
        for item in step.get("items", [])
        if step["token"] == NFT_ON_L2.lower()
    ]
    nft.setApprovalForAll(rollup.nft_bridge.address, True)
    for identifier in range(max(items) + 1):
        nft.safe_mint(boa.env.eoa, "")
        if identifier in items:
            boa.env.evm.patch.block_number += 1
            rollup.nft_bridge.bridgeERC721To(nft.address, NFT_ON_L2, boa.env.eoa, identifier, 200_000, b"")
    settle(rollup, state)

    before = boa.env.get_balance(rollup.portal.address)
    paid, handed_out, calls, brought = {}, 0, [], []
    for step in PLAN["steps"]:
        nodes, name = unhex(step["nodes"]), step["call"]
        if name == "openToken":
            rollup.claims.openToken(step["token"], nodes)
        elif name == "openCollection":
            rollup.claims.openCollection(step["token"], *step["texts"], nodes)
        elif name == "claimETH":
            rollup.claims.claimETH(step["holders"], nodes)
        elif name == "claimTokens":
            rollup.claims.claimTokens(step["token"], step["holders"], step["areKnown"], nodes)
        elif name == "claimETHOf":
            rollup.claims.claimETHOf(*step["holders"][0], nodes)
        elif name == "claimTokensOf":
            rollup.claims.claimTokensOf(step["token"], *step["holders"][0], step["areKnown"], nodes)
        elif name == "claimBalances":
            balances = [(int(identifier, 16), account, delegate) for identifier, account, delegate in step["balances"]]
            rollup.claims.claimBalances(step["token"], balances, step["areKnown"], nodes)
        else:
            claimed = [(int(identifier, 16), delegate) for identifier, delegate in step["items"]]
            rollup.claims.claimItems(step["token"], claimed, step["areKnown"], nodes)
        calls.append(name)
        assert not logs(rollup.claims, "PaymentFailed")
        for log in logs(rollup.claims, "Claimed"):
            assert (log.token, log.holder) not in paid
            paid[log.token, log.holder] = log.amount
        handed_out += len(logs(rollup.claims, "ItemClaimed"))
        brought += logs(rollup.claims, "BalanceClaimed")

    assert set(calls) >= {"claimETH", "openToken", "openCollection", "claimTokens", "claimItems", "claimBalances"}
    # All but what the contract without a resolver has: eleven wei, sixty units, one item.
    stuck = person("stuck")
    ether = sum(account["balance"] for account in state.accounts.values()) - 11
    assert before - boa.env.get_balance(rollup.portal.address) == ether
    assert rollup.bridge.deposits(token.address, TOKEN_ON_L2) == token.balanceOf(rollup.bridge.address) == 60
    assert handed_out == len(items) + 3 and not any(holder == stuck for _, holder in paid)
    assert sum(amount for (kind, _), amount in paid.items() if kind == ZERO) + 320 == ether
    # Twenty people have two of item 7 each; beside that there are seven balances that somebody is paid.
    assert len({(log.id, log.holder) for log in brought}) == len(brought) == 20 + 7
    assert not any(log.holder == stuck for log in brought)
    assert sorted(log.amount for log in brought if log.id != 7) == [1, 3, 9, 10, 2**128 - 1]
    assert sum(log.amount for log in brought if log.id == 7) == 20 * 2 + 5 + 8
    twin = l1.SettledERC1155.at(rollup.claims.collectionOfERC1155(brought[0].token))
    assert (twin.name(), twin.symbol(), twin.uri(7)) == ("Pieces", "PCS", "ipfs://pieces/{id}")
    assert twin.balanceOf(person("heir"), 7) == 5
