"""L1 and the rollup together: what one side sends is what the other side takes, byte for byte, both ways."""

import sys
from pathlib import Path

import boa
import pytest
from eth_utils import keccak, to_checksum_address

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "l1"), str(HERE / "l2")]

from rollup import PARAMETERS, contracts_of, execute, place, predeploy  # noqa: E402
from settlement import ETHER, Output, Rollup, Shared, Withdrawal  # noqa: E402
from test_bridges import NFT, TOKEN  # noqa: E402

DEPOSITED = int.from_bytes(keccak(text="TransactionDeposited(address,address,uint256,bytes)"), "big")
PASSED = "MessagePassed"
PASSER = predeploy(0x16)


class BothSides:
    """A rollup launched on L1, and its genesis, in one state: addresses do not meet but for the accounts of people."""

    def __init__(self, l1, l2, description, owner, timelock):
        boa.env.set_balance(boa.env.eoa, 1000 * ETHER)
        self.l1 = Rollup(Shared(l1, timelock), owner)
        place(
            description,
            PARAMETERS
            | {
                "l1CrossDomainMessenger": int(self.l1.messenger.address, 16),
                "l1StandardBridge": int(self.l1.bridge.address, 16),
                "l1ERC721Bridge": int(self.l1.nft_bridge.address, 16),
            },
        )
        self.l2 = contracts_of(description, l2)
        self.withdrawn = []

    def derive(self, contract) -> None:
        """Runs the deposits of the last call of a contract on the rollup, as derivation makes them from the events."""
        deposits = [
            (topics, data)
            for _, _, topics, data in contract._computation.get_raw_log_entries()
            if topics[0] == DEPOSITED
        ]
        assert deposits
        for topics, data in deposits:
            size = int.from_bytes(data[32:64], "big")
            opaque = data[64 : 64 + size]
            mint, value = int.from_bytes(opaque[:32], "big"), int.from_bytes(opaque[32:64], "big")
            gas, creation = int.from_bytes(opaque[64:72], "big"), opaque[72]
            sender, to = (to_checksum_address(f"0x{topic:040x}") for topic in topics[1:3])
            assert creation == 0
            boa.env.set_balance(sender, boa.env.get_balance(sender) + mint)
            result = execute(to, opaque[73:], sender=sender, value=value, gas=gas - 21_000 - 16 * (size - 73))
            assert not result.is_error
        self.l2.L2CrossDomainMessenger._computation = result
        relayed = [log for log in self.l2.L2CrossDomainMessenger.get_logs() if type(log).__name__ == "RelayedMessage"]
        assert len(relayed) == 1

    def withdraw(self, contract) -> None:
        """Carries the withdrawal of the last call of a predeploy to L1, to its end."""
        (passed,) = (log for log in contract.get_logs() if type(log).__name__ == PASSED)
        withdrawal = Withdrawal(passed[1], passed[2], passed[3], passed[4], passed[5], passed[6])
        assert passed[7] == withdrawal.hash
        # The predeploy keeps it where the portal looks for it.
        assert boa.env.get_storage(PASSER, int.from_bytes(keccak(withdrawal.hash + bytes(32)), "big")) == 1
        self.withdrawn.append(withdrawal)
        output = Output(self.withdrawn)
        game = self.l1.propose(output, number=self.l1.factory.gameCount() + 1)
        boa.env.time_travel(seconds=12)
        self.l1.prove(withdrawal, output, self.l1.factory.gameCount() - 1)
        self.l1.make_final(game)
        self.l1.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
        names = [type(log).__name__ for log in self.l1.portal.get_logs()]
        assert "RelayedMessage" in names and self.l1.portal.get_logs()[-1].success


@pytest.fixture
def both(l1, l2, artifact, account):
    return BothSides(l1, l2, artifact("l2", "predeploys"), account("owner"), account("timelock"))


@pytest.fixture
def alice(account):
    return account("alice")


@pytest.fixture
def bob(account):
    return account("bob")


def test_eth_there_and_back(both, alice, bob):
    before = boa.env.get_balance(bob)
    with boa.env.prank(alice):
        both.l1.bridge.bridgeETHTo(bob, 200_000, b"hello", value=5 * ETHER)
    both.derive(both.l1.bridge)
    assert boa.env.get_balance(bob) == before + 5 * ETHER
    assert boa.env.get_balance(both.l1.portal.address) == 5 * ETHER
    with boa.env.prank(bob):
        both.l2.L2StandardBridge.bridgeETHTo(alice, 200_000, b"", value=3 * ETHER)
    before = boa.env.get_balance(alice)
    both.withdraw(both.l2.L2StandardBridge)
    assert boa.env.get_balance(alice) == before + 3 * ETHER
    assert boa.env.get_balance(both.l1.portal.address) == 2 * ETHER


def test_a_token_of_l1_there_and_back(both, l2, inline, alice, bob):
    token = inline(TOKEN).deploy()
    token.mint(alice, 1000)
    stand_in = both.l2.OptimismMintableERC20Factory.createOptimismMintableERC20(token.address, "Token", "TKN")
    balance = l2.OptimismMintableERC20.at(stand_in).balanceOf
    with boa.env.prank(alice):
        token.approve(both.l1.bridge.address, 600)
        both.l1.bridge.bridgeERC20To(token.address, stand_in, bob, 600, 300_000, b"x")
    both.derive(both.l1.bridge)
    assert balance(bob) == 600 == token.balanceOf(both.l1.bridge.address)
    with boa.env.prank(bob):
        both.l2.L2StandardBridge.bridgeERC20(stand_in, token.address, 250, 300_000, b"y")
    both.withdraw(both.l2.L2StandardBridge)
    assert balance(bob) == 350 and token.balanceOf(bob) == 250
    assert both.l1.bridge.deposits(token.address, stand_in) == 350


def test_an_nft_there_and_back(both, l2, inline, alice, bob):
    nft = inline(NFT).deploy()
    nft.safe_mint(alice, "")
    stand_in = both.l2.OptimismMintableERC721Factory.createOptimismMintableERC721(nft.address, "Nft", "NFT")
    owner_of = l2.OptimismMintableERC721.at(stand_in).ownerOf
    with boa.env.prank(alice):
        nft.setApprovalForAll(both.l1.nft_bridge.address, True)
        both.l1.nft_bridge.bridgeERC721(nft.address, stand_in, 0, 500_000, b"")
    both.derive(both.l1.nft_bridge)
    assert owner_of(0) == alice and nft.ownerOf(0) == both.l1.nft_bridge.address
    with boa.env.prank(alice):
        both.l2.L2ERC721Bridge.bridgeERC721To(stand_in, nft.address, bob, 0, 500_000, b"")
    both.withdraw(both.l2.L2ERC721Bridge)
    assert nft.ownerOf(0) == bob


@pytest.mark.parametrize("size", [0, 5000, 32_768])
def test_messages_both_ways(both, alice, bob, size):
    data = bytes(i % 249 for i in range(size))
    with boa.env.prank(alice):
        both.l1.messenger.sendMessage(bob, data, 100_000, value=2)
    both.derive(both.l1.messenger)
    with boa.env.prank(bob):
        both.l2.L2CrossDomainMessenger.sendMessage(alice, data, 100_000, value=1)
    both.withdraw(both.l2.L2CrossDomainMessenger)
    assert boa.env.get_balance(both.l1.portal.address) == 1
