"""OptimismMintableERC20 and its factory: only the bridge mints, and an address follows from what a token is."""

import boa
import pytest
from eth_abi import encode
from eth_account import Account
from eth_utils import keccak
from hypothesis import given
from hypothesis import strategies as st
from rollup import ZERO, address_of, call_data, execute, logs, predeploy, topic, word

FACTORY = predeploy(0x12)
BRIDGE = predeploy(0x10)
REMOTE = address_of(0x71 << 152)
PERMIT2 = "0x000000000022D473030F116dDEE9F6B43aC78BA3"
MAX = 2**256 - 1


@pytest.fixture
def token(rollup, l2):
    factory = rollup.OptimismMintableERC20Factory
    return l2.OptimismMintableERC20.at(factory.createOptimismMintableERC20WithDecimals(REMOTE, "Token", "TKN", 6))


@pytest.fixture
def mint(token):
    def run(to, amount):
        with boa.env.prank(BRIDGE):
            token.mint(to, amount)

    return run


def creation_address(salt: bytes, creation: bytes) -> str:
    return address_of(int.from_bytes(keccak(b"\xff" + bytes.fromhex(FACTORY[2:]) + salt + keccak(creation)), "big"))


def test_addresses_follow_from_what_a_token_is(rollup, l2, artifact):
    creation = bytes.fromhex(artifact("l2", "OptimismMintableERC20")["bytecode"][2:])
    factory = rollup.OptimismMintableERC20Factory

    @given(st.integers(1, 2**160 - 1).map(address_of), st.text(max_size=32), st.text(max_size=16), st.integers(0, 255))
    def check(remote, name, symbol, decimals):
        with boa.env.anchor():
            salt = keccak(encode(["address", "string", "string", "uint8"], [remote, name, symbol, decimals]))
            arguments = encode(
                ["address", "address", "string", "string", "uint8"], [BRIDGE, remote, name, symbol, decimals]
            )
            made = factory.createOptimismMintableERC20WithDecimals(remote, name, symbol, decimals)
            assert made == creation_address(salt, creation + arguments)
            token = l2.OptimismMintableERC20.at(made)
            assert (token.name(), token.symbol(), token.decimals()) == (name, symbol, decimals)
            assert token.remoteToken() == token.REMOTE_TOKEN() == token.l1Token() == remote
            assert token.bridge() == token.BRIDGE() == token.l2Bridge() == BRIDGE
            assert factory.deployments(made) == remote

    check()


def test_all_tokens_have_one_code(rollup, artifact):
    """One code hash tells the tokens whose balances can be claimed on L1 after a rollup's end."""
    runtime = bytes.fromhex(artifact("l2", "OptimismMintableERC20")["deployedBytecode"][2:])
    factory = rollup.OptimismMintableERC20Factory
    for number in range(1, 4):
        made = factory.createOptimismMintableERC20(address_of(number), "T" * number, "S")
        assert bytes(boa.env.get_code(made)) == runtime


def test_balances_lie_where_claims_prove_them(token, mint):
    """The layout is for good: see the README on pinned storage."""

    @given(st.integers(1, 2**160 - 1).map(address_of), st.integers(0, 2**200))
    def check(holder, amount):
        with boa.env.anchor():
            mint(holder, amount)
            slot = int.from_bytes(keccak(bytes(32) + word(holder)), "big")
            assert boa.env.get_storage(token.address, slot) == amount == token.balanceOf(holder)
            assert boa.env.get_storage(token.address, 2) == amount
            assert boa.env.get_storage(token.address, 4) == int(REMOTE, 16)
            assert boa.env.get_storage(token.address, 5) == int(BRIDGE, 16)

    check()


def test_a_token_is_made_once(rollup, reverts, account):
    factory = rollup.OptimismMintableERC20Factory
    factory.createOptimismMintableERC20(REMOTE, "Token", "TKN")
    with reverts("OptimismMintableERC20Factory: the token exists"), boa.env.prank(account("another")):
        factory.createStandardL2Token(REMOTE, "Token", "TKN")
    with reverts("OptimismMintableERC20Factory: the remote token is the zero address"):
        factory.createOptimismMintableERC20(ZERO, "Token", "TKN")


def test_the_factory_s_events(rollup, account):
    alice = account("alice")
    result = execute(FACTORY, call_data("createStandardL2Token(address,string,string)", REMOTE, "T", "S"), alice)
    made = result.output
    assert logs(result) == [
        (FACTORY, [topic("StandardL2TokenCreated(address,address)"), word(REMOTE), made], b""),
        (FACTORY, [topic("OptimismMintableERC20Created(address,address,address)"), made, word(REMOTE)], word(alice)),
    ]


def test_only_the_bridge_mints_and_burns(token, account, reverts):
    for who in (account("mallory"), FACTORY, REMOTE, token.address, ZERO):
        with boa.env.prank(who):
            with reverts("OptimismMintableERC20: only for the bridge"):
                token.mint(who, 1)
            with reverts("OptimismMintableERC20: only for the bridge"):
                token.burn(who, 0)


def test_the_supply_does_not_overflow(token, mint, account):
    mint(account("alice"), MAX)
    with pytest.raises(boa.BoaError):
        mint(account("bob"), 1)
    assert token.balanceOf(account("bob")) == 0


def test_behaves_as_the_model(token, mint, account):
    """Random transfers, approvals, mints and burns against a model in Python."""
    people = [account(name) for name in ("alice", "bob", "carol")]
    person, amount = st.sampled_from(people), st.integers(0, 1000)
    step = st.tuples(
        st.sampled_from(["mint", "burn", "transfer", "transferFrom", "approve"]), person, person, person, amount
    )

    @given(st.lists(step, min_size=5, max_size=15))
    def check(steps):
        with boa.env.anchor():
            play(steps)

    def play(steps):
        balances, allowances = {who: 0 for who in people}, {}
        for kind, a, b, c, value in steps:
            if kind in ("mint", "burn"):
                data, sender = call_data(f"{kind}(address,uint256)", a, value), BRIDGE
                works = kind == "mint" or balances[a] >= value
            elif kind == "transfer":
                data, sender, works = call_data("transfer(address,uint256)", b, value), a, balances[a] >= value
            elif kind == "approve":
                data, sender, works = call_data("approve(address,uint256)", b, value), a, True
            else:
                data, sender = call_data("transferFrom(address,address,uint256)", a, b, value), c
                works = balances[a] >= value and allowances.get((a, c), 0) >= value
            assert execute(token.address, data, sender).is_error != works
            if works:
                if kind == "approve":
                    allowances[a, b] = value
                if kind == "transferFrom":
                    allowances[a, c] = allowances.get((a, c), 0) - value
                if kind in ("transfer", "transferFrom", "burn"):
                    balances[a] -= value
                if kind in ("transfer", "transferFrom"):
                    balances[b] += value
                if kind == "mint":
                    balances[a] += value
        assert {who: token.balanceOf(who) for who in people} == balances
        assert token.totalSupply() == sum(balances.values())
        assert all(token.allowance(*pair) == value for pair, value in allowances.items())

    check()


def test_allowances(token, mint, account, reverts):
    alice, bob = account("alice"), account("bob")
    mint(alice, 100)
    with boa.env.prank(alice):
        token.approve(bob, MAX)
        with reverts("ERC20: approve to the zero address"):
            token.approve(ZERO, 1)
    with boa.env.prank(bob):
        token.transferFrom(alice, bob, 60)
        with reverts("ERC20: transfer to the zero address"):
            token.transfer(ZERO, 1)
        with reverts("ERC20: insufficient allowance"):
            token.transferFrom(bob, alice, 1)
    # A limitless allowance stays what it is.
    assert token.allowance(alice, bob) == MAX
    with boa.env.prank(alice):
        token.approve(bob, 5)
        token.increaseAllowance(bob, 4)
        token.decreaseAllowance(bob, 2)
        with reverts("ERC20: decreased allowance below zero"):
            token.decreaseAllowance(bob, 8)
    assert token.allowance(alice, bob) == 7


def test_permit2_moves_tokens(token, mint, account):
    mint(account("alice"), 100)
    assert token.PERMIT2() == PERMIT2 and token.allowance(account("alice"), PERMIT2) == MAX
    with boa.env.prank(PERMIT2):
        token.transferFrom(account("alice"), account("bob"), 40)
    assert token.balanceOf(account("bob")) == 40


def test_permit(token, account):
    owner, spender = Account.create("entropy of a test"), account("spender")
    deadline = boa.env.timestamp + 100
    chain = boa.env.evm.patch.chain_id

    def signed(value, nonce, deadline=deadline, key=owner.key, verifier=token.address):
        message = {
            "types": {
                "EIP712Domain": [
                    {"name": "name", "type": "string"},
                    {"name": "version", "type": "string"},
                    {"name": "chainId", "type": "uint256"},
                    {"name": "verifyingContract", "type": "address"},
                ],
                "Permit": [
                    {"name": "owner", "type": "address"},
                    {"name": "spender", "type": "address"},
                    {"name": "value", "type": "uint256"},
                    {"name": "nonce", "type": "uint256"},
                    {"name": "deadline", "type": "uint256"},
                ],
            },
            "primaryType": "Permit",
            "domain": {"name": "Token", "version": "1", "chainId": chain, "verifyingContract": verifier},
            "message": {
                "owner": owner.address,
                "spender": spender,
                "value": value,
                "nonce": nonce,
                "deadline": deadline,
            },
        }
        return Account.sign_typed_data(key, full_message=message)

    def permit(value, signature, deadline=deadline, s=None, v=None, holder=owner.address):
        data = call_data(
            "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
            holder,
            spender,
            value,
            deadline,
            v or signature.v,
            word(signature.r),
            word(s or signature.s),
        )
        return not execute(token.address, data, account("anyone")).is_error

    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    good = signed(7, 0)
    assert not permit(8, good)
    assert not permit(7, signed(7, 1))
    assert not permit(7, signed(7, 0, verifier=BRIDGE))
    assert not permit(7, signed(7, 0, key=Account.create().key))
    assert not permit(7, good, holder=ZERO)
    # A signature has one form: the other root is refused.
    assert not permit(7, good, s=order - good.s, v=55 - good.v)
    assert not permit(7, signed(7, 0, deadline=boa.env.timestamp - 1), deadline=boa.env.timestamp - 1)
    assert permit(7, good)
    assert token.allowance(owner.address, spender) == 7 and token.nonces(owner.address) == 1
    assert not permit(7, good)


def test_tells_its_interfaces(token):
    for interface, expected in (("01ffc9a7", True), ("1d1d8b63", True), ("ec4fc8e3", True), ("ffffffff", False)):
        assert token.supportsInterface(bytes.fromhex(interface)) is expected
