"""L2ERC721Bridge, OptimismMintableERC721 and its factory: a token is on one side at a time, and listed where it is."""

import boa
import pytest
from eth_abi import decode, encode
from eth_utils import keccak
from hypothesis import given, settings
from hypothesis import strategies as st
from rollup import PARAMETERS, ZERO, address_of, alias, call_data, execute, logs, predeploy, topic, word

BRIDGE, FACTORY, MESSENGER = predeploy(0x14), predeploy(0x17), predeploy(0x07)
L1_BRIDGE = address_of(PARAMETERS["l1ERC721Bridge"])
REMOTE = address_of(0xAB << 152 | 0x71)
FINALIZE = "finalizeBridgeERC721(address,address,address,address,uint256,bytes)"
OUT = "bridgeERC721(address,address,uint256,uint32,bytes)"
OUT_TO = "bridgeERC721To(address,address,address,uint256,uint32,bytes)"
ONLY_OTHER = "ERC721Bridge: only for the other bridge"
ONLY_BRIDGE = "OptimismMintableERC721: only for the bridge"
MAX = 2**256 - 1

# Receives tokens; may answer wrongly, or send the token on within the call.
RECEIVER = """
answer: bytes4
onwards: Bytes[2000]
callee: address
worked: public(bool)
seen: public(Bytes[2048])

@deploy
def __init__(answer: bytes4, callee: address, onwards: Bytes[2000]):
    self.answer = answer
    self.callee = callee
    self.onwards = onwards

@external
def onERC721Received(operator: address, sender: address, token_id: uint256, data: Bytes[2048]) -> bytes4:
    self.seen = data
    if len(self.onwards) > 0:
        self.worked = raw_call(self.callee, self.onwards, revert_on_failure=False)
    return self.answer
"""
RECEIVED = keccak(text="onERC721Received(address,address,uint256,bytes)")[:4]


@pytest.fixture
def token(rollup, l2):
    return l2.OptimismMintableERC721.at(
        rollup.OptimismMintableERC721Factory.createOptimismMintableERC721(REMOTE, "Art", "ART")
    )


@pytest.fixture
def finalize(deposit):
    """What the bridge on L1 sends: whether the message ran."""

    def run(token, remote, sender, to, token_id, extra=b"", by=L1_BRIDGE):
        result = deposit(by, BRIDGE, call_data(FINALIZE, token, remote, sender, to, token_id, extra), min_gas=600_000)
        assert not result.is_error
        return any(topics[0] == topic("RelayedMessage(bytes32)") for _, topics, _ in logs(result))

    return run


@pytest.fixture
def mint(token):
    def run(to, token_id):
        with boa.env.prank(BRIDGE):
            token.safeMint(to, token_id)

    return run


def refused(result, reason):
    assert result.is_error and result.output == keccak(text="Error(string)")[:4] + encode(["string"], [reason])


def test_the_interface_identifier():
    names = ["safeMint(address,uint256)", "burn(address,uint256)"]
    names += [
        name + "()" for name in ("remoteToken", "bridge", "remoteChainId", "REMOTE_TOKEN", "BRIDGE", "REMOTE_CHAIN_ID")
    ]
    total = 0
    for name in names:
        total ^= int.from_bytes(keccak(text=name)[:4], "big")
    assert f"{total:08x}" == "74259ebf"


def test_a_token_comes_and_goes(rollup, finalize, account, token):
    alice, bob = account("alice"), account("bob")
    assert finalize(token.address, REMOTE, alice, bob, 7, b"x")
    assert token.ownerOf(7) == bob and token.totalSupply() == 1
    # Only once: L1 holds it once.
    assert not finalize(token.address, REMOTE, alice, alice, 7)
    refused(
        execute(BRIDGE, call_data(OUT, token.address, REMOTE, 7, 5, b""), alice),
        "L2ERC721Bridge: the sender does not own the token",
    )
    result = execute(BRIDGE, call_data(OUT, token.address, REMOTE, 7, 5, b"y"), bob)
    assert not result.is_error and token.totalSupply() == 0
    with pytest.raises(boa.BoaError):
        token.ownerOf(7)
    [(_, topics, data)] = [
        log for log in logs(result) if log[1][0] == topic("SentMessage(address,address,bytes,uint256,uint256)")
    ]
    sender, message, _, gas = decode(["address", "bytes", "uint256", "uint256"], data)
    assert topics[1] == word(L1_BRIDGE) and sender == BRIDGE.lower() and gas == 5
    assert message == call_data(FINALIZE, REMOTE, token.address, bob, bob, 7, b"y")
    kind = topic("ERC721BridgeInitiated(address,address,address,address,uint256,bytes)")
    body = encode(["address", "uint256", "bytes"], [bob, 7, b"y"])
    assert logs(result)[-1] == (BRIDGE, [kind, word(token.address), word(REMOTE), word(bob)], body)
    assert execute(BRIDGE, call_data(OUT, token.address, REMOTE, 7, 5, b""), bob).is_error
    assert finalize(token.address, REMOTE, alice, bob, 7)


def test_tokens_go_to_a_named_recipient(rollup, finalize, account, token, inline):
    alice, bob = account("alice"), account("bob")
    contract = inline(RECEIVER).deploy(RECEIVED, ZERO, b"")
    finalize(token.address, REMOTE, alice, contract.address, 7)
    refused(
        execute(BRIDGE, call_data(OUT, token.address, REMOTE, 7, 5, b""), contract.address),
        "ERC721Bridge: a contract has to name its recipient",
    )
    refused(
        execute(BRIDGE, call_data(OUT_TO, token.address, REMOTE, ZERO, 7, 5, b""), contract.address),
        "ERC721Bridge: the recipient is the zero address",
    )
    result = execute(BRIDGE, call_data(OUT_TO, token.address, REMOTE, bob, 7, 5, b""), contract.address)
    assert not result.is_error
    assert decode(["address", "uint256", "bytes"], logs(result)[-1][2]) == (bob.lower(), 7, b"")


def test_only_the_other_bridge_brings_tokens(rollup, finalize, account, token):
    mallory = account("mallory")
    data = call_data(FINALIZE, token.address, REMOTE, mallory, mallory, 7, b"")
    for forger in (mallory, L1_BRIDGE, alias(L1_BRIDGE), BRIDGE, alias(PARAMETERS["l1CrossDomainMessenger"])):
        refused(execute(BRIDGE, data, forger), ONLY_OTHER)
    for sender in (mallory, BRIDGE, address_of(PARAMETERS["l1StandardBridge"])):
        assert not finalize(token.address, REMOTE, mallory, mallory, 7, by=sender)
        with boa.env.anchor():
            boa.env.set_storage(MESSENGER, 3, int(sender, 16))
            refused(execute(BRIDGE, data, MESSENGER), ONLY_OTHER)
    assert token.totalSupply() == 0


def test_wrong_tokens_are_refused(rollup, finalize, account, token, inline):
    alice, other = account("alice"), address_of(0x72 << 152)
    contract = inline(RECEIVER).deploy(RECEIVED, ZERO, b"")
    for local, remote in (
        (token.address, other),
        (BRIDGE, REMOTE),
        (contract.address, REMOTE),
        (alice, REMOTE),
        (predeploy(6), REMOTE),
    ):
        assert not finalize(local, remote, alice, alice, 7)
    finalize(token.address, REMOTE, alice, alice, 7)
    refused(
        execute(BRIDGE, call_data(OUT, token.address, other, 7, 5, b""), alice),
        "L2ERC721Bridge: wrong remote token for the mintable token",
    )
    refused(
        execute(BRIDGE, call_data(OUT, token.address, ZERO, 7, 5, b""), alice),
        "L2ERC721Bridge: the remote token is the zero address",
    )


def test_a_recipient_cannot_enter_the_bridge_again(rollup, finalize, account, token, inline):
    """It has the token within the call, but cannot send it back before the bridge has said that it came."""
    back = call_data(OUT_TO, token.address, REMOTE, account("bob"), 7, 5, b"")
    receiver = inline(RECEIVER).deploy(RECEIVED, BRIDGE, back)
    assert finalize(token.address, REMOTE, account("alice"), receiver.address, 7)
    assert not receiver.worked() and token.ownerOf(7) == receiver.address


def test_contracts_that_do_not_expect_a_token_do_not_get_one(rollup, finalize, account, token, mint, inline, reverts):
    wrong = inline(RECEIVER).deploy(b"\x12\x34\x56\x78", ZERO, b"")
    assert not finalize(token.address, REMOTE, account("alice"), wrong.address, 7)
    assert not finalize(token.address, REMOTE, account("alice"), predeploy(0x15), 7)
    mint(account("alice"), 7)
    with boa.env.prank(account("alice")):
        with reverts("ERC721: transfer to non ERC721Receiver implementer"):
            token.safeTransferFrom(account("alice"), wrong.address, 7)
        token.transferFrom(account("alice"), wrong.address, 7)
    assert token.ownerOf(7) == wrong.address


def test_safe_transfers_carry_data(token, mint, account, inline):
    receiver = inline(RECEIVER).deploy(RECEIVED, ZERO, b"")
    alice = account("alice")
    mint(alice, 7)
    data = call_data("safeTransferFrom(address,address,uint256,bytes)", alice, receiver.address, 7, b"for you")
    assert not execute(token.address, data, alice).is_error
    assert receiver.seen() == b"for you" and token.ownerOf(7) == receiver.address


def test_only_the_bridge_mints_and_burns(token, mint, account, reverts):
    alice = account("alice")
    mint(alice, 1)
    for who in (alice, FACTORY, REMOTE, token.address):
        with boa.env.prank(who):
            with reverts(ONLY_BRIDGE):
                token.safeMint(who, 2)
            with reverts(ONLY_BRIDGE):
                token.burn(alice, 1)
    with boa.env.prank(BRIDGE):
        with reverts("ERC721: burn from incorrect owner"):
            token.burn(account("bob"), 1)
        with reverts("ERC721: token already minted"):
            token.safeMint(alice, 1)
        with reverts("ERC721: mint to the zero address"):
            token.safeMint(ZERO, 2)


def test_behaves_as_the_model(token, account):
    """Random mints, burns, transfers and approvals: owners, balances, lists and approvals are the model's."""
    people = [account(name) for name in ("alice", "bob", "carol")]
    person, number = st.sampled_from(people), st.sampled_from([0, 1, 2, MAX])
    kinds = ["mint", "mint", "burn", "transfer", "approve", "approveAll"]

    @settings(max_examples=25)
    @given(
        st.lists(
            st.tuples(st.sampled_from(kinds), person, person, person, number, st.booleans()), min_size=6, max_size=20
        )
    )
    def check(steps):
        with boa.env.anchor():
            owners, approved, operators = {}, {}, set()
            for step in steps:
                play(owners, approved, operators, *step)
            compare(owners, approved)

    def play(owners, approved, operators, kind, a, b, caller, token_id, yes):
        owner = owners.get(token_id)
        if kind == "mint":
            data, sender, works = call_data("safeMint(address,uint256)", a, token_id), BRIDGE, owner is None
            if works:
                owners[token_id] = a
        elif kind == "burn":
            data, sender, works = call_data("burn(address,uint256)", a, token_id), BRIDGE, owner == a
            if works:
                del owners[token_id]
                approved.pop(token_id, None)
        elif kind == "approveAll":
            data, sender, works = call_data("setApprovalForAll(address,bool)", b, yes), a, a != b
            if works:
                (operators.add if yes else operators.discard)((a, b))
        elif kind == "approve":
            data, sender = call_data("approve(address,uint256)", b, token_id), caller
            works = owner is not None and (caller == owner or (owner, caller) in operators)
            if works:
                approved[token_id] = b
        else:
            data, sender = call_data("transferFrom(address,address,uint256)", a, b, token_id), caller
            may = caller == owner or (owner, caller) in operators or approved.get(token_id) == caller
            works = owner == a and may
            if works:
                owners[token_id] = b
                approved.pop(token_id, None)
        assert execute(token.address, data, sender).is_error != works

    def compare(owners, approved):
        assert token.totalSupply() == len(owners)
        assert sorted(token.tokenByIndex(index) for index in range(len(owners))) == sorted(owners)
        for who in people:
            held = sorted(token_id for token_id, owner in owners.items() if owner == who)
            assert token.balanceOf(who) == len(held)
            assert sorted(token.tokenOfOwnerByIndex(who, index) for index in range(len(held))) == held
            assert execute(
                token.address, call_data("tokenOfOwnerByIndex(address,uint256)", who, len(held)), who
            ).is_error
        assert execute(token.address, call_data("tokenByIndex(uint256)", len(owners)), people[0]).is_error
        for token_id, owner in owners.items():
            assert token.ownerOf(token_id) == owner
            assert token.getApproved(token_id) == approved.get(token_id, ZERO)
            # Where claims on L1 prove it.
            slot = int.from_bytes(keccak(bytes(32) + word(token_id)), "big")
            assert boa.env.get_storage(token.address, slot) == int(owner, 16)

    check()


def test_what_a_collection_says(rollup, token, l2, reverts, mint, account):
    assert (token.name(), token.symbol()) == ("Art", "ART")
    assert token.remoteToken() == token.REMOTE_TOKEN() == REMOTE
    assert token.remoteChainId() == token.REMOTE_CHAIN_ID() == 900
    assert token.bridge() == token.BRIDGE() == BRIDGE
    mint(account("alice"), MAX)
    base = f"ethereum:{REMOTE.lower()}@900/tokenURI?uint256="
    assert token.baseTokenURI() == base and token.tokenURI(MAX) == base + str(MAX)
    with reverts("ERC721: invalid token ID"):
        token.tokenURI(1)
    for interface in ("01ffc9a7", "80ac58cd", "5b5e139f", "780e9d63", "74259ebf"):
        assert token.supportsInterface(bytes.fromhex(interface))
    assert not token.supportsInterface(b"\xff" * 4)
    for slot, value in ((4, 1), (9, int(REMOTE, 16)), (10, 900), (11, int(BRIDGE, 16))):
        assert boa.env.get_storage(token.address, slot) == value


def test_uris_hold_every_address(l2):
    @given(st.integers(1, 2**160 - 1).map(address_of), st.integers(1, MAX))
    def check(remote, chain):
        with boa.env.anchor():
            made = l2.OptimismMintableERC721.deploy(BRIDGE, chain, remote, "", "")
            assert made.baseTokenURI() == f"ethereum:{remote.lower()}@{chain}/tokenURI?uint256="

    check()


def test_the_constructor_checks(l2):
    for arguments in ((ZERO, 1, REMOTE), (BRIDGE, 0, REMOTE), (BRIDGE, 1, ZERO)):
        # titanoboa answers a failed creation with an account without code.
        with pytest.raises(Exception):
            made = l2.OptimismMintableERC721.deploy(*arguments, "", "")
            assert boa.env.get_code(made.address)


def test_addresses_follow_from_what_a_collection_is(rollup, artifact, account):
    creation = bytes.fromhex(artifact("l2", "OptimismMintableERC721")["bytecode"][2:])
    creation += encode(["address", "uint256", "address", "string", "string"], [BRIDGE, 900, REMOTE, "Art", "ART"])
    salt = keccak(encode(["address", "string", "string"], [REMOTE, "Art", "ART"]))
    expected = keccak(b"\xff" + bytes.fromhex(FACTORY[2:]) + salt + keccak(creation))[12:]
    alice = account("alice")
    data = call_data("createOptimismMintableERC721(address,string,string)", REMOTE, "Art", "ART")
    result = execute(FACTORY, data, alice)
    assert result.output == bytes(12) + expected
    kind = topic("OptimismMintableERC721Created(address,address,address)")
    assert logs(result) == [(FACTORY, [kind, result.output, word(REMOTE)], word(alice))]
    factory = rollup.OptimismMintableERC721Factory
    assert factory.isOptimismMintableERC721("0x" + expected.hex()) and not factory.isOptimismMintableERC721(alice)
    assert (factory.bridge(), factory.BRIDGE()) == (BRIDGE, BRIDGE)
    assert factory.remoteChainID() == factory.REMOTE_CHAIN_ID() == 900
    refused(execute(FACTORY, data, account("bob")), "OptimismMintableERC721Factory: the token exists")
    data = call_data("createOptimismMintableERC721(address,string,string)", ZERO, "Art", "ART")
    refused(execute(FACTORY, data, alice), "OptimismMintableERC721Factory: the remote token is the zero address")
    runtime = bytes.fromhex(artifact("l2", "OptimismMintableERC721")["deployedBytecode"][2:])
    assert bytes(boa.env.get_code("0x" + expected.hex())) == runtime


def test_knows_its_partners(rollup):
    bridge = rollup.L2ERC721Bridge
    assert bridge.otherBridge() == bridge.OTHER_BRIDGE() == L1_BRIDGE
    assert bridge.messenger() == bridge.MESSENGER() == MESSENGER and bridge.paused() is False


def test_gas(transact, account, gas):
    alice = account("alice")
    made = transact(
        FACTORY, call_data("createOptimismMintableERC721(address,string,string)", REMOTE, "Art", "ART"), alice
    )
    gas("l2", "OptimismMintableERC721Factory.createOptimismMintableERC721", made.get_gas_used())
    token = address_of(int.from_bytes(made.output, "big"))
    for token_id in range(3):
        call = call_data(FINALIZE, token, REMOTE, alice, alice, token_id, b"")
        relay = call_data(
            "relayMessage(uint256,address,address,uint256,uint256,bytes)",
            1 << 240 | token_id,
            L1_BRIDGE,
            BRIDGE,
            0,
            500_000,
            call,
        )
        used = transact(MESSENGER, relay, alias(PARAMETERS["l1CrossDomainMessenger"]), gas=5_000_000).get_gas_used()
    gas("l2", "L2ERC721Bridge.finalizeBridgeERC721, relayed", used)
    gas(
        "l2",
        "L2ERC721Bridge.bridgeERC721",
        transact(BRIDGE, call_data(OUT, token, REMOTE, 0, 5, b""), alice).get_gas_used(),
    )
    move = call_data("transferFrom(address,address,uint256)", alice, REMOTE, 1)
    gas("l2", "OptimismMintableERC721.transferFrom", transact(token, move, alice).get_gas_used())
