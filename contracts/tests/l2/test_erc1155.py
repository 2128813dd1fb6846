"""MayflyERC1155 and its factory: items in any number, minted by whoever made the collection."""

import boa
import pytest
from eth_utils import keccak
from rollup import ZERO

pytestmark = pytest.mark.usefixtures("both_machines")

TEXTS = ("Items", "ITM", "ipfs://items/{id}")
RECEIVER = """
answer: bytes4
refused: public(bool)

@deploy
def __init__(answer: bytes4):
    self.answer = answer

@external
def onERC1155Received(operator: address, sender: address, id: uint256, amount: uint256, data: Bytes[2048]) -> bytes4:
    assert data != b"no"
    return 0xf23a6e61 if self.answer == 0x00000000 else self.answer

@external
def onERC1155BatchReceived(
    operator: address, sender: address, ids: DynArray[uint256, 64], amounts: DynArray[uint256, 64], data: Bytes[2048]
) -> bytes4:
    return 0xbc197c81 if self.answer == 0x00000000 else self.answer
"""


@pytest.fixture
def items(rollup, l2, account):
    with boa.env.prank(account("minter")):
        return l2.MayflyERC1155.at(rollup.MayflyCollectionFactory.createERC1155(*TEXTS))


@pytest.fixture
def minted(items, account):
    with boa.env.prank(account("minter")):
        items.mint(account("alice"), 1, 100)
        items.mintBatch(account("alice"), [2, 3], [5, 2**128 - 1])
    return items


def test_the_factory_makes_them_for_the_caller(rollup, items, account, reverts):
    assert items.minter() == account("minter")
    assert (items.name(), items.symbol(), items.uri(0)) == TEXTS
    with boa.env.prank(account("minter")), reverts("MayflyCollectionFactory: the collection exists"):
        rollup.MayflyCollectionFactory.createERC1155(*TEXTS)
    # Of the same texts there may be one of each kind.
    with boa.env.prank(account("minter")):
        assert rollup.MayflyCollectionFactory.createERC721(*TEXTS) != items.address
    for name, wanted in (("0x01ffc9a7", True), ("0xd9b67a26", True), ("0x0e89341c", True), ("0xffffffff", False)):
        assert items.supportsInterface(bytes.fromhex(name[2:])) == wanted


def test_only_the_minter_mints(minted, account, reverts):
    with boa.env.prank(account("alice")):
        for call in (
            lambda: minted.mint(account("alice"), 1, 1),
            lambda: minted.mintBatch(account("alice"), [1], [1]),
            lambda: minted.setMinter(account("alice")),
        ):
            with reverts("MayflyERC1155: only for the minter"):
                call()
    with boa.env.prank(account("minter")):
        with reverts("ERC1155: mint to the zero address"):
            minted.mint(ZERO, 1, 1)
        with reverts("ERC1155: ids and amounts length mismatch"):
            minted.mintBatch(account("alice"), [1, 2], [1])
        minted.setMinter(ZERO)
        with reverts("MayflyERC1155: only for the minter"):
            minted.mint(account("alice"), 1, 1)


@pytest.mark.parametrize("identifier, amount", [(1, 2**128 - 100), (3, 1), (9, 2**128), (9, 2**256 - 1)])
def test_no_supply_reaches_the_mark(minted, account, identifier, amount, reverts):
    """L1 keeps a mark in the highest bit of a balance."""
    with boa.env.prank(account("minter")), reverts("MayflyERC1155: too many"):
        minted.mint(account("bob"), identifier, amount)
    assert (minted.totalSupply(1), minted.totalSupply(3)) == (100, 2**128 - 1)


def test_transfers(minted, account, reverts):
    alice, bob = account("alice"), account("bob")
    with boa.env.prank(bob), reverts("ERC1155: caller is not token owner or approved"):
        minted.safeTransferFrom(alice, bob, 1, 1, b"")
    with boa.env.prank(alice):
        minted.safeTransferFrom(alice, bob, 1, 40, b"")
        minted.safeTransferFrom(alice, alice, 1, 60, b"")
        for call in (
            lambda: minted.safeTransferFrom(alice, bob, 1, 61, b""),
            lambda: minted.safeBatchTransferFrom(alice, bob, [2, 2], [3, 3], b""),
        ):
            with reverts("ERC1155: insufficient balance for transfer"):
                call()
        with reverts("ERC1155: transfer to the zero address"):
            minted.safeTransferFrom(alice, ZERO, 1, 1, b"")
        with reverts("ERC1155: ids and amounts length mismatch"):
            minted.safeBatchTransferFrom(alice, bob, [2], [], b"")
        with reverts("ERC1155: setting approval status for self"):
            minted.setApprovalForAll(alice, True)
        minted.setApprovalForAll(bob, True)
    with boa.env.prank(bob):
        minted.safeBatchTransferFrom(alice, bob, [1, 2, 3], [60, 5, 7], b"")
    assert minted.balanceOfBatch([alice, bob, bob, bob], [1, 1, 2, 3]) == [0, 100, 5, 7]
    with reverts("ERC1155: accounts and ids length mismatch"):
        minted.balanceOfBatch([alice], [])


def test_contracts_are_asked(minted, account, inline, reverts):
    alice = account("alice")
    takes, refuses = inline(RECEIVER).deploy(bytes(4)), inline(RECEIVER).deploy(b"none")
    with boa.env.prank(alice):
        minted.safeTransferFrom(alice, takes.address, 1, 1, b"")
        minted.safeBatchTransferFrom(alice, takes.address, [1, 2], [1, 1], b"")
        for call in (
            lambda: minted.safeTransferFrom(alice, refuses.address, 1, 1, b""),
            lambda: minted.safeBatchTransferFrom(alice, refuses.address, [1], [1], b""),
        ):
            with reverts("ERC1155: transfer to non ERC1155Receiver implementer"):
                call()
        with pytest.raises(boa.BoaError):
            minted.safeTransferFrom(alice, takes.address, 1, 1, b"no")
        # An account that EIP-7702 delegates is no contract.
        boa.env.set_code(account("carol"), b"\xef\x01\x00" + bytes.fromhex(refuses.address[2:]))
        minted.safeTransferFrom(alice, account("carol"), 1, 3, b"")
    assert minted.balanceOf(takes.address, 1) == 2 and minted.balanceOf(account("carol"), 1) == 3


def test_events(minted, account):
    alice, bob = account("alice"), account("bob")
    topics = {
        "0x" + keccak(text=text).hex(): text
        for text in (
            "TransferSingle(address,address,address,uint256,uint256)",
            "TransferBatch(address,address,address,uint256[],uint256[])",
        )
    }
    seen = []
    with boa.env.prank(alice):
        for call in (
            lambda: minted.safeTransferFrom(alice, bob, 1, 4, b""),
            lambda: minted.safeBatchTransferFrom(alice, bob, [2], [1], b""),
        ):
            call()
            ((_, _, found, _),) = minted._computation.get_raw_log_entries()
            seen.append((topics[f"0x{found[0]:064x}"].split("(")[0], *map(hex, found[1:])))
    parties = tuple(hex(int(who, 16)) for who in (alice, alice, bob))
    assert seen == [("TransferSingle", *parties), ("TransferBatch", *parties)]
