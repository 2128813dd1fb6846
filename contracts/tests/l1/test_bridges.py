"""ETH, ERC-20 and ERC-721 both ways, and what may not come out."""

import boa
import pytest
from eth_abi import encode
from eth_utils import keccak
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from settlement import ETHER, ZERO, Rollup
from test_messenger import Message

L2_BRIDGE = "0x4200000000000000000000000000000000000010"
L2_NFT_BRIDGE = "0x4200000000000000000000000000000000000014"
L2_TOKEN = "0x00000000000000000000000000000000000070Ce"
OTHER_TOKEN = "0x00000000000000000000000000000000000070CF"

TOKEN = """
from ethereum.ercs import IERC20
from snekmate.auth import ownable
from snekmate.tokens import erc20

initializes: ownable
initializes: erc20[ownable := ownable]
exports: (erc20.balanceOf, erc20.transfer, erc20.transferFrom, erc20.approve, erc20.allowance, erc20.mint, erc20.totalSupply)

@deploy
def __init__():
    ownable.__init__()
    erc20.__init__("Token", "TKN", 18, "Token", "1")
"""

# A stand-in for a token of the rollup, which the bridge here mints and burns.
MINTABLE = """
balanceOf: public(HashMap[address, uint256])
remoteToken: public(address)
bridge: public(address)

@deploy
def __init__(bridge: address, remoteToken: address):
    self.bridge = bridge
    self.remoteToken = remoteToken

@external
@view
def supportsInterface(kind: bytes4) -> bool:
    return kind == 0x01ffc9a7 or kind == 0xec4fc8e3

@external
def mint(to: address, amount: uint256):
    assert msg.sender == self.bridge, "only the bridge"
    self.balanceOf[to] += amount

@external
def burn(account: address, amount: uint256):
    assert msg.sender == self.bridge, "only the bridge"
    self.balanceOf[account] -= amount
"""

# Keeps a hundredth of each transfer.
TAXED = """
balanceOf: public(HashMap[address, uint256])

@external
def give(to: address, amount: uint256):
    self.balanceOf[to] += amount

@external
def transferFrom(sender: address, to: address, amount: uint256) -> bool:
    self.balanceOf[sender] -= amount
    self.balanceOf[to] += amount - amount // 100
    return True
"""

# Enters the bridge again while the bridge calls it.
HOSTILE = """
balanceOf: public(HashMap[address, uint256])
bridge: address
inner: Bytes[3000]
worked: public(bool)

@external
def prepare(bridge: address, inner: Bytes[3000]):
    self.bridge = bridge
    self.inner = inner

@internal
def again():
    if len(self.inner) != 0:
        self.worked = raw_call(self.bridge, self.inner, revert_on_failure=False)

@external
def transferFrom(sender: address, to: address, amount: uint256) -> bool:
    self.again()
    self.balanceOf[to] += amount
    return True

@external
def transfer(to: address, amount: uint256) -> bool:
    self.again()
    self.balanceOf[msg.sender] -= amount
    return True
"""

NFT = """
from snekmate.auth import ownable
from snekmate.tokens import erc721

initializes: ownable
initializes: erc721[ownable := ownable]
exports: (erc721.ownerOf, erc721.transferFrom, erc721.safeTransferFrom, erc721.setApprovalForAll, erc721.safe_mint)

@deploy
def __init__():
    ownable.__init__()
    erc721.__init__("Nft", "NFT", "", "Nft", "1")
"""

CALLER = """
@external
@payable
def forward(to: address, data: Bytes[2000]):
    raw_call(to, data, value=msg.value)
"""


def call(signature: str, *values) -> bytes:
    types = signature[signature.index("(") + 1 : -1].split(",")
    return keccak(text=signature)[:4] + encode(types, values)


def eth_out(sender, to, amount, extra=b"") -> bytes:
    return call("finalizeBridgeETH(address,address,uint256,bytes)", sender, to, amount, extra)


def token_out(token, remote, sender, to, amount, extra=b"") -> bytes:
    kind = "finalizeBridgeERC20(address,address,address,address,uint256,bytes)"
    return call(kind, token, remote, sender, to, amount, extra)


def nft_out(token, remote, sender, to, identifier, extra=b"") -> bytes:
    kind = "finalizeBridgeERC721(address,address,address,address,uint256,bytes)"
    return call(kind, token, remote, sender, to, identifier, extra)


counter = iter(range(1, 10**6))


def arrive(rollup, target, data, value=0, sender=L2_BRIDGE):
    """Runs a message that the rollup's bridge sent; whether it succeeded, and the events."""
    message = Message(rollup, sender, target, value=value, data=data, gas=500_000, nonce=(1 << 240) + next(counter))
    logs = message.finalize()
    return message.state[0], logs


@pytest.fixture
def token(inline, alice):
    token = inline(TOKEN).deploy()
    token.mint(alice, 1000)
    return token


@pytest.fixture
def nft(inline, alice):
    nft = inline(NFT).deploy()
    for _ in range(3):
        nft.safe_mint(alice, "")
    return nft


# ETH


@pytest.mark.parametrize("name", ["bridgeETH", "depositETH", "bridgeETHTo", "depositETHTo", "plain"])
def test_eth_to_the_rollup(rollup, alice, mallory, name):
    to = mallory if name.endswith("To") else alice
    with boa.env.prank(alice):
        if name == "plain":
            boa.env.raw_call(rollup.bridge.address, value=5)
            logs = rollup.bridge.get_logs(boa.env.raw_call(rollup.bridge.address, value=5))
        else:
            getattr(rollup.bridge, name)(*([to] if to == mallory else []), 200_000, b"x", value=5)
            logs = rollup.bridge.get_logs()
    extra = b"" if name == "plain" else b"x"
    old, new, deposit, sent, _ = logs
    for event in (old, new):
        assert (event.from_, event.to, event.amount, event.extraData) == (alice, to, 5, extra)
    assert type(old).__name__ == "ETHDepositInitiated" and type(new).__name__ == "ETHBridgeInitiated"
    assert sent.message == eth_out(alice, to, 5, extra) and sent.target == L2_BRIDGE
    assert sent.sender == rollup.bridge.address
    assert boa.env.get_balance(rollup.portal.address) in (5, 10)


def test_eth_from_the_rollup(rollup, alice, mallory):
    rollup.portal.donateETH(value=ETHER)
    before = boa.env.get_balance(mallory)
    done, logs = arrive(rollup, rollup.bridge.address, eth_out(alice, mallory, 7, b"hi"), value=7)
    assert done and boa.env.get_balance(mallory) == before + 7
    for event, name in zip(logs, ("ETHWithdrawalFinalized", "ETHBridgeFinalized")):
        assert type(event).__name__ == name
        assert (event.from_, event.to, event.amount, event.extraData) == (alice, mallory, 7, b"hi")
    old = call("finalizeETHWithdrawal(address,address,uint256,bytes)", alice, mallory, 7, b"")
    assert arrive(rollup, rollup.bridge.address, old, value=7)[0]


def test_eth_that_may_not_come_out(rollup, alice, mallory, reverts):
    rollup.portal.donateETH(value=ETHER)
    bridge = rollup.bridge.address
    for sender in (mallory, rollup.messenger.address, rollup.portal.address):
        with boa.env.prank(sender), pytest.raises(boa.BoaError):
            rollup.bridge.finalizeBridgeETH(alice, mallory, 0, b"")
    with boa.env.prank(mallory), reverts("StandardBridge: function can only be called from the other bridge"):
        rollup.bridge.finalizeETHWithdrawal(alice, mallory, 0, b"")
    assert not arrive(rollup, bridge, eth_out(alice, mallory, 7), value=7, sender=mallory)[0]
    assert not arrive(rollup, bridge, eth_out(alice, mallory, 8), value=7)[0]
    assert not arrive(rollup, bridge, eth_out(alice, bridge, 7), value=7)[0]
    assert not arrive(rollup, bridge, eth_out(alice, rollup.messenger.address, 7), value=7)[0]


def test_contracts_name_their_recipient(rollup, inline, alice, token, reverts):
    caller = inline(CALLER).deploy()
    bridge = rollup.bridge
    reason = "StandardBridge: function can only be called from an EOA"
    for data in (
        b"",
        bridge.bridgeETH.prepare_calldata(0, b""),
        bridge.depositETH.prepare_calldata(0, b""),
        bridge.bridgeERC20.prepare_calldata(token.address, L2_TOKEN, 1, 0, b""),
        bridge.depositERC20.prepare_calldata(token.address, L2_TOKEN, 1, 0, b""),
    ):
        with reverts(reason):
            caller.forward(bridge.address, data)
    caller.forward(bridge.address, bridge.bridgeETHTo.prepare_calldata(alice, 0, b""), value=3)
    # An account that EIP-7702 delegates is no contract.
    boa.env.set_code(alice, bytes.fromhex("ef0100" + caller.address[2:]))
    with boa.env.prank(alice):
        bridge.bridgeETH(0, b"", value=1)
    with reverts("StandardBridge: no such function"):
        boa.env.raw_call(bridge.address, data=b"\1\2\3\4")


# ERC-20


@pytest.mark.parametrize("name", ["bridgeERC20", "depositERC20", "bridgeERC20To", "depositERC20To"])
def test_a_token_there_and_back(rollup, token, alice, mallory, name):
    to = mallory if name.endswith("To") else alice
    with boa.env.prank(alice):
        token.approve(rollup.bridge.address, 100)
        getattr(rollup.bridge, name)(token.address, L2_TOKEN, *([to] if to == mallory else []), 60, 200_000, b"x")
    logs = rollup.bridge.get_logs()
    old, new = (event for event in logs if type(event).__name__.endswith("Initiated"))
    assert old[1:] == new[1:] == (token.address, L2_TOKEN, alice, to, 60, b"x")
    (sent,) = (event for event in logs if type(event).__name__ == "SentMessage")
    assert sent.message == token_out(L2_TOKEN, token.address, alice, to, 60, b"x")
    assert token.balanceOf(rollup.bridge.address) == rollup.bridge.deposits(token.address, L2_TOKEN) == 60
    back = token_out(token.address, L2_TOKEN, alice, mallory, 40)
    done, logs = arrive(rollup, rollup.bridge.address, back)
    assert done and token.balanceOf(mallory) == 40 and rollup.bridge.deposits(token.address, L2_TOKEN) == 20
    finalized = [event for event in logs if type(event).__name__ == "ERC20BridgeFinalized"][0]
    assert finalized[1:] == (token.address, L2_TOKEN, alice, mallory, 40, b"")
    # More than what is left, and another pair's, do not come out.
    assert not arrive(rollup, rollup.bridge.address, token_out(token.address, L2_TOKEN, alice, mallory, 21))[0]
    assert not arrive(rollup, rollup.bridge.address, token_out(token.address, OTHER_TOKEN, alice, mallory, 1))[0]
    old_name = "finalizeERC20Withdrawal(address,address,address,address,uint256,bytes)"
    assert arrive(rollup, rollup.bridge.address, call(old_name, token.address, L2_TOKEN, alice, mallory, 20, b""))[0]
    assert token.balanceOf(rollup.bridge.address) == 0


def test_a_token_of_the_rollup_is_minted_and_burnt(rollup, inline, alice, mallory, reverts):
    token = inline(MINTABLE).deploy(rollup.bridge.address, L2_TOKEN)
    assert arrive(rollup, rollup.bridge.address, token_out(token.address, L2_TOKEN, mallory, alice, 50))[0]
    assert token.balanceOf(alice) == 50
    with boa.env.prank(alice):
        rollup.bridge.bridgeERC20(token.address, L2_TOKEN, 20, 200_000, b"")
        assert token.balanceOf(alice) == 30 and rollup.bridge.deposits(token.address, L2_TOKEN) == 0
        with reverts("StandardBridge: wrong remote token for the mintable token"):
            rollup.bridge.bridgeERC20(token.address, OTHER_TOKEN, 20, 200_000, b"")
    assert not arrive(rollup, rollup.bridge.address, token_out(token.address, OTHER_TOKEN, mallory, alice, 50))[0]


def test_tokens_that_are_refused(rollup, inline, alice, reverts):
    taxed = inline(TAXED).deploy()
    taxed.give(alice, 1000)
    with boa.env.prank(alice):
        with reverts("StandardBridge: the token did not transfer the whole amount"):
            rollup.bridge.bridgeERC20(taxed.address, L2_TOKEN, 500, 0, b"")
        with pytest.raises(boa.BoaError):
            rollup.bridge.bridgeERC20(alice, L2_TOKEN, 0, 0, b"")


def test_reentrance_through_a_token(rollup, inline, alice):
    hostile = inline(HOSTILE).deploy()
    bridge = rollup.bridge
    inner = bridge.bridgeERC20To.prepare_calldata(hostile.address, L2_TOKEN, alice, 5, 0, b"")
    hostile.prepare(bridge.address, inner)
    with boa.env.prank(alice):
        bridge.bridgeERC20(hostile.address, L2_TOKEN, 10, 200_000, b"")
    assert not hostile.worked() and bridge.deposits(hostile.address, L2_TOKEN) == 10
    for inner in (inner, bridge.finalizeBridgeERC20.prepare_calldata(hostile.address, L2_TOKEN, alice, alice, 5, b"")):
        hostile.prepare(bridge.address, inner)
        assert arrive(rollup, bridge.address, token_out(hostile.address, L2_TOKEN, alice, alice, 1))[0]
        assert not hostile.worked()
    assert bridge.deposits(hostile.address, L2_TOKEN) == 8


def test_a_forged_message_moves_no_tokens(rollup, token, alice, mallory):
    with boa.env.prank(alice):
        token.approve(rollup.bridge.address, 100)
        rollup.bridge.bridgeERC20(token.address, L2_TOKEN, 100, 200_000, b"")
    data = token_out(token.address, L2_TOKEN, alice, mallory, 100)
    assert not arrive(rollup, rollup.bridge.address, data, sender=mallory)[0]
    # The messenger can be made to call a token, but holds none of them and is approved for none.
    assert not arrive(rollup, token.address, call("transfer(address,uint256)", mallory, 100), sender=mallory)[0]
    assert token.balanceOf(mallory) == 0


def test_bridges_of_different_rollups_are_apart(shared, rollup, owner, token, alice, mallory):
    with boa.env.prank(alice):
        token.approve(rollup.bridge.address, 100)
        rollup.bridge.bridgeERC20(token.address, L2_TOKEN, 100, 200_000, b"")
    other = Rollup(shared, owner)
    data = token_out(token.address, L2_TOKEN, alice, mallory, 100)
    assert not arrive(other, rollup.bridge.address, data)[0]
    assert not arrive(other, other.bridge.address, data)[0]
    assert arrive(rollup, rollup.bridge.address, data)[0]


def test_tokens_are_conserved(rollup, inline, alice):
    """What the bridge holds is what went in less what came out, by pair of tokens, whatever is tried."""
    tokens = [inline(TOKEN).deploy() for _ in range(2)]
    remotes = (L2_TOKEN, OTHER_TOKEN)

    class Life(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.anchor = boa.env.anchor()
            self.anchor.__enter__()
            for token in tokens:
                token.mint(alice, 1000)
                with boa.env.prank(alice):
                    token.approve(rollup.bridge.address, 10**9)
            self.held = {(token, remote): 0 for token in tokens for remote in remotes}

        def teardown(self):
            for (token, remote), amount in self.held.items():
                assert rollup.bridge.deposits(token.address, remote) == amount
            for token in tokens:
                inside = sum(amount for (held, _), amount in self.held.items() if held is token)
                assert token.balanceOf(rollup.bridge.address) == inside
                assert token.balanceOf(alice) == 1000 - inside
            self.anchor.__exit__(None, None, None)

        @rule(token=st.sampled_from(tokens), remote=st.sampled_from(remotes), amount=st.integers(0, 700))
        def into(self, token, remote, amount):
            with boa.env.prank(alice):
                try:
                    rollup.bridge.bridgeERC20(token.address, remote, amount, 200_000, b"")
                    self.held[token, remote] += amount
                except boa.BoaError:
                    pass

        @rule(token=st.sampled_from(tokens), remote=st.sampled_from(remotes), amount=st.integers(0, 700))
        def out(self, token, remote, amount):
            done, _ = arrive(rollup, rollup.bridge.address, token_out(token.address, remote, alice, alice, amount))
            assert done == (amount <= self.held[token, remote])
            if done:
                self.held[token, remote] -= amount

    run_state_machine_as_test(Life, settings=settings(max_examples=8, stateful_step_count=8))


# ERC-721


def test_an_nft_there_and_back(rollup, nft, alice, mallory, reverts):
    bridge = rollup.nft_bridge
    with boa.env.prank(alice):
        nft.setApprovalForAll(bridge.address, True)
        bridge.bridgeERC721(nft.address, L2_TOKEN, 0, 200_000, b"x")
        logs = bridge.get_logs()
        bridge.bridgeERC721To(nft.address, L2_TOKEN, mallory, 1, 200_000, b"")
        with reverts("ERC721Bridge: nft recipient cannot be address(0)"):
            bridge.bridgeERC721To(nft.address, L2_TOKEN, ZERO, 2, 200_000, b"")
        with reverts("L1ERC721Bridge: remote token cannot be address(0)"):
            bridge.bridgeERC721(nft.address, ZERO, 2, 200_000, b"")
    initiated = [event for event in logs if type(event).__name__ == "ERC721BridgeInitiated"][0]
    assert initiated[1:] == (nft.address, L2_TOKEN, alice, alice, 0, b"x")
    sent = [event for event in logs if type(event).__name__ == "SentMessage"][0]
    assert sent.message == nft_out(L2_TOKEN, nft.address, alice, alice, 0, b"x") and sent.target == L2_NFT_BRIDGE
    assert nft.ownerOf(0) == bridge.address and bridge.deposits(nft.address, L2_TOKEN, 0)
    done, logs = arrive(rollup, bridge.address, nft_out(nft.address, L2_TOKEN, alice, mallory, 0), sender=L2_NFT_BRIDGE)
    assert done and nft.ownerOf(0) == mallory and not bridge.deposits(nft.address, L2_TOKEN, 0)
    finalized = [event for event in logs if type(event).__name__ == "ERC721BridgeFinalized"][0]
    assert finalized[1:] == (nft.address, L2_TOKEN, alice, mallory, 0, b"")


def test_nfts_that_may_not_come_out(rollup, inline, nft, alice, mallory, reverts):
    bridge = rollup.nft_bridge
    with boa.env.prank(alice):
        nft.setApprovalForAll(bridge.address, True)
        bridge.bridgeERC721(nft.address, L2_TOKEN, 0, 200_000, b"")
    out = nft_out(nft.address, L2_TOKEN, alice, mallory, 0)
    with boa.env.prank(mallory), reverts("ERC721Bridge: function can only be called from the other bridge"):
        bridge.finalizeBridgeERC721(nft.address, L2_TOKEN, alice, mallory, 0, b"")
    assert not arrive(rollup, bridge.address, out, sender=mallory)[0]
    assert not arrive(rollup, bridge.address, out, sender=L2_BRIDGE)[0]
    assert not arrive(rollup, bridge.address, nft_out(nft.address, OTHER_TOKEN, alice, mallory, 0), sender=L2_NFT_BRIDGE)[0]
    assert not arrive(rollup, bridge.address, nft_out(nft.address, L2_TOKEN, alice, mallory, 1), sender=L2_NFT_BRIDGE)[0]
    assert arrive(rollup, bridge.address, out, sender=L2_NFT_BRIDGE)[0]
    assert not arrive(rollup, bridge.address, out, sender=L2_NFT_BRIDGE)[0]
    caller = inline(CALLER).deploy()
    with reverts("ERC721Bridge: account is not externally owned"):
        caller.forward(bridge.address, bridge.bridgeERC721.prepare_calldata(nft.address, L2_TOKEN, 1, 0, b""))
    with pytest.raises(boa.BoaError), boa.env.prank(mallory):
        bridge.bridgeERC721(nft.address, L2_TOKEN, 2, 0, b"")
