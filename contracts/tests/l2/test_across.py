"""Both sides at once: deposits of the contracts on L1 run on the predeploys, and their withdrawals are proven and paid.

What L1 emits is executed as derivation would, and what it proves is the storage of the real `L2ToL1MessagePasser`.
"""

import sys
from pathlib import Path
from types import SimpleNamespace

import boa
import pytest
import rlp
from eth_abi import decode
from eth_utils import keccak, to_checksum_address
from hypothesis import given, settings
from hypothesis import strategies as st
from rollup import PARAMETERS, address_of, alias, call_data, contracts_of, execute, logs, place, predeploy, topic, word
from trie import HexaryTrie

sys.path.append(str(Path(__file__).resolve().parent.parent / "l1"))

from settlement import Output, Rollup, Shared, Withdrawal  # noqa: E402

PASSER, MESSENGER, BRIDGE = predeploy(0x16), predeploy(0x07), predeploy(0x10)
DEPOSITED = topic("TransactionDeposited(address,address,uint256,bytes)")
PASSED = topic("MessagePassed(uint256,address,address,uint256,uint256,bytes,bytes32)")
ETHER = 10**18

TOKEN = """
balanceOf: public(HashMap[address, uint256])

@deploy
def __init__(holder: address):
    self.balanceOf[holder] = 10**30

@external
def transfer(to: address, amount: uint256) -> bool:
    self.balanceOf[msg.sender] -= amount
    self.balanceOf[to] += amount
    return True

@external
def transferFrom(a: address, b: address, amount: uint256) -> bool:
    self.balanceOf[a] -= amount
    self.balanceOf[b] += amount
    return True
"""
COLLECTION = """
ownerOf: public(HashMap[uint256, address])

@deploy
def __init__(holder: address):
    for number: uint256 in range(10):
        self.ownerOf[number] = holder

@external
def transferFrom(a: address, b: address, number: uint256):
    assert self.ownerOf[number] == a
    self.ownerOf[number] = b

@external
def safeTransferFrom(a: address, b: address, number: uint256):
    assert self.ownerOf[number] == a
    self.ownerOf[number] = b

@external
@view
def supportsInterface(i: bytes4) -> bool:
    return i == 0x01ffc9a7 or i == 0x80ac58cd
"""
# A contract that acts for the test: its address is aliased on the rollup, as a timelock's is.
ACTOR = """
@external
@payable
def act(to: address, data: Bytes[5000]):
    raw_call(to, data, value=msg.value)
"""
SINK = """
seen: public(bytes32)

@external
@payable
def __default__():
    self.seen = keccak256(slice(msg.data, 0, 32768))
"""


class Chains:
    """A rollup launched on L1 and its L2 side, in one EVM: accounts have one balance for both."""

    def __init__(self, l1, l2, description, owner: str, governor: str):
        self.settlement = Rollup(Shared(l1, boa.env.generate_address("timelock")), owner)
        self.portal, number = self.settlement.portal, lambda contract: int(contract.address, 16)
        self.parameters = PARAMETERS | {
            "governor": int(governor, 16),
            "l1CrossDomainMessenger": number(self.settlement.messenger),
            "l1StandardBridge": number(self.settlement.bridge),
            "l1ERC721Bridge": number(self.settlement.nft_bridge),
        }
        place(description, self.parameters)
        self.l2 = contracts_of(description, l2)
        self.slots = {1} | {int(entry["slot"], 16) for entry in description["proxies"]["storage"]}

    def on_l1(self, to, data: bytes, sender, value: int = 0):
        """A transaction of L1, and the deposits that it makes on the rollup: their outcomes."""
        boa.env.set_balance(sender, boa.env.get_balance(sender) + value)
        result = execute(to, data, sender, value)
        assert not result.is_error, result.output
        return [self.derive(*log[1:]) for log in logs(result) if log[1][0] == DEPOSITED]

    def derive(self, topics, data):
        sender, to, version = topics[1][12:], topics[2][12:], int.from_bytes(topics[3], "big")
        [opaque] = decode(["bytes"], data)
        mint, value = (int.from_bytes(opaque[at : at + 32], "big") for at in (0, 32))
        gas, creation, payload = int.from_bytes(opaque[64:72], "big"), opaque[72], opaque[73:]
        assert version == 0 and creation == 0
        sender, to = to_checksum_address(sender), to_checksum_address(to)
        boa.env.set_balance(sender, boa.env.get_balance(sender) + mint)
        intrinsic = 21_000 + sum(16 if byte else 4 for byte in payload)
        return execute(to, payload, sender, value, gas=gas - intrinsic)

    def on_l2(self, to, data: bytes, sender, value: int = 0) -> list[Withdrawal]:
        """A transaction of the rollup, and the withdrawals that it starts."""
        result = execute(to, data, sender, value)
        assert not result.is_error, result.output
        started = []
        for address, topics, body in logs(result):
            if topics[0] == PASSED:
                assert address == PASSER
                amount, gas, payload, digest = decode(["uint256", "uint256", "bytes", "bytes32"], body)
                nonce, sender, target = (int.from_bytes(each, "big") for each in topics[1:])
                withdrawal = Withdrawal(nonce, address_of(sender), address_of(target), amount, gas, payload)
                assert withdrawal.hash == digest
                self.slots.add(int.from_bytes(keccak(digest + bytes(32)), "big"))
                started.append(withdrawal)
        return started

    def output(self) -> Output:
        """The output of the rollup as it is: the trie is that of the storage of the message passer."""
        output = Output([], boa.env.generate_address())
        output.trie = HexaryTrie({})
        for slot in self.slots | {int(keccak(text="eip1967.proxy.implementation").hex(), 16) - 1}:
            if value := boa.env.get_storage(PASSER, slot):
                output.trie[keccak(word(slot))] = rlp.encode(value)
        output.proof = (*output.proof[:2], output.trie.root_hash, output.proof[3])
        return output

    def finish(self, withdrawals) -> list[bool]:
        """Proposes, proves, waits and finalises: which withdrawals' calls worked."""
        boa.env.set_balance(boa.env.eoa, 1000 * ETHER)
        output = self.output()
        game = self.settlement.propose(output, number=self.settlement.factory.gameCount() + 1)
        boa.env.time_travel(seconds=12)
        for withdrawal in withdrawals:
            self.settlement.prove(withdrawal, output, self.settlement.factory.gameCount() - 1)
        self.settlement.make_final(game)
        worked = []
        for withdrawal in withdrawals:
            result = execute(
                self.portal.address, self.portal.finalizeWithdrawalTransaction.prepare_calldata(withdrawal.tuple)
            )
            assert not result.is_error, result.output
            kind = topic("WithdrawalFinalized(bytes32,bool)")
            [data] = [data for _, topics, data in logs(result) if topics[0] == kind]
            relayed = [topics[0] for _, topics, _ in logs(result)]
            worked.append(bool(data[-1]) and topic("FailedRelayedMessage(bytes32)") not in relayed)
        return worked


@pytest.fixture
def actor(inline):
    return inline(ACTOR).deploy()


@pytest.fixture
def chains(l1, l2, description, account, actor):
    return Chains(l1, l2, description, account("owner"), actor.address)


@pytest.fixture
def people(account):
    return SimpleNamespace(alice=account("alice"), bob=account("bob"))


def relayed(results) -> bool:
    return all(
        not result.is_error and topic("RelayedMessage(bytes32)") in [topics[0] for _, topics, _ in logs(result)]
        for result in results
    )


def test_ether_there_and_back(chains, people):
    far, near = address_of(0xFA << 140), address_of(0xBE << 140)
    data = call_data("bridgeETHTo(address,uint32,bytes)", far, 200_000, b"in")
    assert relayed(chains.on_l1(chains.settlement.bridge.address, data, people.alice, 5 * ETHER))
    assert boa.env.get_balance(far) == 5 * ETHER == boa.env.get_balance(chains.portal.address)
    data = call_data("bridgeETHTo(address,uint32,bytes)", near, 200_000, b"out")
    started = chains.on_l2(BRIDGE, data, far, 2 * ETHER)
    started += chains.on_l2(PASSER, b"", far, ETHER)
    assert chains.finish(started) == [True, True]
    assert boa.env.get_balance(near) == 2 * ETHER
    assert boa.env.get_balance(far) == (2 + 1) * ETHER  # what is left on the rollup, and what came to L1
    assert boa.env.get_balance(chains.portal.address) == 2 * ETHER
    assert boa.env.get_balance(PASSER) == 3 * ETHER


def test_tokens_are_conserved(chains, people, inline, l2):
    """Whatever goes there and back: what the bridge on L1 holds is the supply here and what is on its way."""
    token = inline(TOKEN).deploy(people.alice)
    factory = chains.l2.OptimismMintableERC20Factory
    mirror = l2.OptimismMintableERC20.at(factory.createOptimismMintableERC20(token.address, "Token", "TKN"))
    bridge, arguments = chains.settlement.bridge.address, "(address,address,address,uint256,uint32,bytes)"

    @settings(max_examples=4)
    @given(st.lists(st.tuples(st.booleans(), st.integers(0, 10**24)), min_size=1, max_size=5))
    def check(steps):
        with boa.env.anchor():
            slots, leaving = set(chains.slots), []
            for inwards, amount in steps:
                if inwards:
                    pair = (token.address, mirror.address, people.bob, amount, 200_000, b"x")
                    assert relayed(chains.on_l1(bridge, call_data("bridgeERC20To" + arguments, *pair), people.alice))
                elif amount := min(amount, mirror.balanceOf(people.bob)):
                    pair = (mirror.address, token.address, people.alice, amount, 200_000, b"x")
                    leaving += chains.on_l2(BRIDGE, call_data("bridgeERC20To" + arguments, *pair), people.bob)
            on_the_way = token.balanceOf(bridge) - mirror.totalSupply()
            assert on_the_way >= 0 and (on_the_way == 0 or leaving)
            if leaving:
                assert all(chains.finish(leaving))
            assert token.balanceOf(bridge) == mirror.totalSupply() == mirror.balanceOf(people.bob)
            chains.slots = slots

    check()


def test_a_collection_there_and_back(chains, people, inline, l2):
    collection = inline(COLLECTION).deploy(people.alice)
    factory = chains.l2.OptimismMintableERC721Factory
    mirror = l2.OptimismMintableERC721.at(factory.createOptimismMintableERC721(collection.address, "Art", "ART"))
    bridge, name = chains.settlement.nft_bridge.address, "bridgeERC721To(address,address,address,uint256,uint32,bytes)"
    data = call_data(name, collection.address, mirror.address, people.bob, 7, 400_000, b"")
    assert relayed(chains.on_l1(bridge, data, people.alice))
    assert collection.ownerOf(7) == bridge and mirror.ownerOf(7) == people.bob
    data = call_data(name, mirror.address, collection.address, people.alice, 7, 400_000, b"")
    assert chains.finish(chains.on_l2(predeploy(0x14), data, people.bob)) == [True]
    assert collection.ownerOf(7) == people.alice and mirror.totalSupply() == 0


def test_the_longest_message_goes_both_ways(chains, people, inline):
    sink, message = inline(SINK).deploy(), bytes(range(1, 257)[:255]) * 128 + bytes(128)
    data = call_data("sendMessage(address,bytes,uint32)", sink.address, message, 100_000)
    assert len(message) == 32_768
    assert relayed(chains.on_l1(chains.settlement.messenger.address, data, people.alice))
    assert sink.seen() == keccak(message)
    message = message[::-1]
    data = call_data("sendMessage(address,bytes,uint32)", sink.address, message, 100_000)
    assert chains.finish(chains.on_l2(MESSENGER, data, people.alice)) == [True]
    assert sink.seen() == keccak(message)


def test_the_governor_upgrades_by_a_deposit(chains, people, actor):
    """From its own address on L1, which is another one here; nobody else's deposit does it."""
    new = predeploy(0x0F)
    call = call_data("upgrade(address,address)", predeploy(0x15), new)
    deposit = chains.portal.depositTransaction.prepare_calldata(predeploy(0x18), 0, 300_000, False, call)
    [mallory] = chains.on_l1(chains.portal.address, deposit, people.alice)
    assert mallory.is_error
    [outcome] = chains.on_l1(actor.address, call_data("act(address,bytes)", chains.portal.address, deposit), people.bob)
    assert not outcome.is_error
    assert chains.l2.ProxyAdmin.getProxyImplementation(predeploy(0x15)) == new
    assert chains.l2.ProxyAdmin.owner() == alias(actor.address)
