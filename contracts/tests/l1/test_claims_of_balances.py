"""Items minted on the rollup in any number (ERC-1155): each holder's balance of each comes over once."""

import boa
import pytest
from eth_abi import encode
from eth_utils import keccak

from ending import CONTRACT, ZERO, State, ephemeral, logs, settle
from settlement import ETHER
from test_claims import COLLECTION, DELEGATE, NFT_ON_L2, TEXTS, delegation, person

# On py-evm and on Mayfly's EVM, with the same results.
pytestmark = pytest.mark.usefixtures("both_machines")

BALANCES = {
    (1, person("a")): 10,
    (1, person("b")): 2**128 - 11,
    (2, person("a")): 3,
    (2, person("pool")): 5,
    (2**255 + 9, person("b")): 1,
}


@pytest.fixture
def ending(shared, owner):
    rollup = ephemeral(shared, owner)
    rollup.portal.donateETH(value=100 * ETHER)
    return rollup


@pytest.fixture
def state(artifact):
    state = State(artifact)
    state.put(person("a"), balance=ETHER)
    state.put(person("b"), code=delegation(DELEGATE))
    state.put(person("pool"), code=CONTRACT)
    state.multi(COLLECTION, TEXTS, BALANCES)
    return state


def opened(ending, state, l1):
    settle(ending, state.seal())
    ending.claims.openCollection(COLLECTION, *TEXTS, state.opening(COLLECTION))
    return l1.SettledERC1155.at(ending.claims.collectionOfERC1155(COLLECTION))


def claim(ending, state, balances, are_known: bool = False) -> None:
    items, nodes = state.balances(COLLECTION, balances, are_known)
    ending.claims.claimBalances(COLLECTION, items, are_known, nodes)


def test_balances_come_over_once_whoever_sends(ending, state, l1, mallory, reverts):
    twin = opened(ending, state, l1)
    assert ending.claims.tokenOf(COLLECTION) == (5, twin.address)
    assert (twin.name(), twin.symbol(), twin.uri(7)) == TEXTS and twin.collection() == COLLECTION
    mine = [(1, person("a"), ZERO), (2, person("a"), ZERO), (1, person("b"), DELEGATE), (2**255 + 9, person("b"), DELEGATE)]
    with boa.env.prank(mallory):
        claim(ending, state, mine)
        assert len(logs(ending.claims, "BalanceClaimed")) == 4
        with reverts("Claims_NothingToPay()"):
            claim(ending, state, mine)
    for identifier, account, _ in mine:
        assert twin.balanceOf(account, identifier) == BALANCES[identifier, account]
        assert twin.isMinted(account, identifier)


def test_one_that_was_claimed_spoils_no_others(ending, state, l1):
    twin = opened(ending, state, l1)
    claim(ending, state, [(1, person("a"), ZERO)])
    claim(ending, state, [(1, person("a"), ZERO), (2, person("a"), ZERO), (2, person("a"), ZERO)])
    assert twin.balanceOfBatch([person("a")] * 2, [1, 2]) == [10, 3]


def test_what_has_moved_on_does_not_come_again(ending, state, l1, mallory, reverts):
    """Neither by a claim of who had it, nor by one of who has it now."""
    twin = opened(ending, state, l1)
    claim(ending, state, [(1, person("a"), ZERO)])
    with boa.env.prank(person("a")):
        twin.safeTransferFrom(person("a"), person("b"), 1, 10, b"")
    with reverts("Claims_NothingToPay()"):
        claim(ending, state, [(1, person("a"), ZERO)])
    claim(ending, state, [(1, person("b"), DELEGATE)])
    assert (twin.balanceOf(person("a"), 1), twin.balanceOf(person("b"), 1)) == (0, 2**128 - 1)
    # Who comes into something by a transfer is not marked by it.
    with boa.env.prank(person("b")):
        twin.safeBatchTransferFrom(person("b"), person("a"), [1], [4], b"")
    claim(ending, state, [(2, person("a"), ZERO)])
    assert twin.balanceOf(person("a"), 1) == 4


def test_a_contracts_balances_go_to_its_resolver(ending, state, l1, reverts):
    heir = person("a")
    state.resolve(person("pool"), heir)
    twin = opened(ending, state, l1)
    ending.claims.claimETH(*state.claims([person("pool"), heir]))
    claim(ending, state, [(2, person("pool"), ZERO), (2, heir, ZERO)], are_known=True)
    assert twin.balanceOf(heir, 2) == 8 and twin.balanceOf(person("pool"), 2) == 0
    with reverts("Claims_NothingToPay()"):
        claim(ending, state, [(2, person("pool"), ZERO)])


def test_a_contract_without_a_resolver_gets_nothing(ending, state, l1, reverts):
    opened(ending, state, l1)
    with reverts("Claims_NoResolver(address)"):
        claim(ending, state, [(2, person("pool"), ZERO)])
    with reverts("Claims_UnknownHolder(address)"):
        claim(ending, state, [(2, person("pool"), ZERO)], are_known=True)


def test_who_has_none_gets_none(ending, state, l1, mallory, reverts):
    opened(ending, state, l1)
    for items in ([(1, mallory, ZERO)], [(3, person("a"), ZERO)], [(0, ZERO, ZERO)][:0]):
        with reverts("Claims_NothingToPay()"):
            claim(ending, state, items)


def test_only_what_fits_is_opened(ending, state, l1, reverts):
    state.native(NFT_ON_L2, TEXTS, {1: person("a")})
    settle(ending, state.seal())
    with reverts("Claims_NotOpened()"):
        claim(ending, state, [(1, person("a"), ZERO)])
    with reverts("Claims_OtherTexts()"):
        ending.claims.openCollection(COLLECTION, "other", *TEXTS[1:], state.opening(COLLECTION))
    for token in (COLLECTION, NFT_ON_L2):
        ending.claims.openCollection(token, *TEXTS, state.opening(token))
    with reverts("Claims_NotOpened()"):
        ending.claims.claimItems(COLLECTION, [], False, bytes(596))
    items, nodes = state.balances(COLLECTION, [(1, person("a"), ZERO)])
    with reverts("Claims_NotOpened()"):
        ending.claims.claimBalances(NFT_ON_L2, items, False, nodes)


def test_nobody_else_mints_or_initializes(ending, state, l1, shared, mallory, reverts):
    twin = opened(ending, state, l1)
    for each in (twin, shared.multi_collection):
        with boa.env.prank(mallory), reverts("SettledERC1155: only for Claims"):
            each.mint(mallory, mallory, 1, 1)
        with boa.env.prank(mallory), reverts("SettledERC1155: already initialized"):
            each.initialize(mallory, "", "", "")


def test_storage_is_where_claims_look(l2):
    """What the tests' state has is what the contract keeps."""
    made = l2.MayflyERC1155.deploy(boa.env.eoa, *TEXTS)
    made.mint(person("a"), 7, 5)
    inner = keccak((0).to_bytes(32, "big") + (7).to_bytes(32, "big"))
    slot = int.from_bytes(keccak(inner + bytes(12) + bytes.fromhex(person("a")[2:])), "big")
    assert boa.env.get_storage(made.address, slot) == 5
    assert boa.env.get_storage(made.address, 2) == int.from_bytes(keccak(encode(["string"] * 3, TEXTS)), "big")
