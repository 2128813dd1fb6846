"""Keys of operators: who may register which, with what proof."""

import boa
import pytest
from eth_abi import encode
from eth_keys import keys as ecdsa
from eth_utils import keccak
from py_ecc import optimized_bn128 as curve

from restaking import ORDER, SET, ZERO_G1, ZERO_G2, Restaking, g1, g2, key_data, sign

STRATEGY = "0x" + "51" * 20
SIGNER = """
# pragma version 0.4.3
@external
@view
def isValidSignature(digest: bytes32, signature: Bytes[65]) -> bytes4:
    return 0x1626ba7e if slice(signature, 0, 1) == b"\\x07" else 0x00000000
"""


@pytest.fixture(scope="module")
def restaking(l1, inline):
    return Restaking(l1, inline)


@pytest.fixture(scope="module")
def registrar(restaking):
    return restaking.registrar


@pytest.fixture
def operator_set(restaking):
    return restaking.configure(1, [STRATEGY])


@pytest.fixture
def ecdsa_set(restaking, registrar):
    with boa.env.prank(restaking.avs):
        registrar.configureOperatorSet(restaking.set(9), 1)
    return restaking.set(9)


def words(point: tuple) -> bytes:
    return encode(["uint256", "uint256"], point)


def digest_of(registrar, operator, operator_set, data, chain=None) -> bytes:
    """The digest by EIP-712 itself."""
    domain = keccak(
        encode(
            ["bytes32", "bytes32", "bytes32", "uint256", "address"],
            [
                keccak(text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak(text="EigenLayer"),
                keccak(text="1"),
                boa.env.evm.patch.chain_id if chain is None else chain,
                registrar.address,
            ],
        )
    )
    typehash = keccak(text="BN254KeyRegistration(address operator,address avs,uint32 operatorSetId,bytes keyData)")
    struct = encode(
        ["bytes32", "address", "address", "uint32", "bytes32"], [typehash, operator, *operator_set, keccak(data)]
    )
    return keccak(b"\x19\x01" + domain + keccak(struct))


def test_sets_are_configured_once_by_their_service(restaking, registrar, reverts, alice):
    first = restaking.set(1)
    assert registrar.getOperatorSetCurveType(first) == 0
    with reverts("InvalidPermissions()"), boa.env.prank(alice):
        registrar.configureOperatorSet(first, 2)
    with boa.env.prank(restaking.avs):
        for curve_type in (0, 3):
            with reverts("InvalidCurveType()"):
                registrar.configureOperatorSet(first, curve_type)
        selector = keccak(text=f"configureOperatorSet({SET},uint8)")[:4]
        restaking.permissions.setAppointee(restaking.avs, alice, registrar.address, selector)
    with boa.env.prank(alice):
        registrar.configureOperatorSet(first, 2)
        with reverts("ConfigurationAlreadySet()"):
            registrar.configureOperatorSet(first, 1)
    assert registrar.getOperatorSetCurveType(first) == 2


def test_a_key_is_registered(restaking, registrar, operator_set, alice, mallory):
    secret = 1234567
    data = key_data(secret)
    assert registrar.encodeBN254KeyData(
        g1(curve.multiply(curve.G1, secret)), g2(curve.multiply(curve.G2, secret))
    ) == data
    digest = registrar.getBN254KeyRegistrationMessageHash(alice, operator_set, data)
    assert digest == digest_of(registrar, alice, operator_set, data)
    assert registrar.getBN254Key(operator_set, alice) == (ZERO_G1, ZERO_G2)
    restaking.register(alice, operator_set, secret)

    key = g1(curve.multiply(curve.G1, secret))
    assert registrar.isRegistered(operator_set, alice)
    assert not registrar.isRegistered(restaking.set(2), alice)
    assert registrar.getBN254Key(operator_set, alice) == (key, g2(curve.multiply(curve.G2, secret)))
    assert registrar.getKeyHash(operator_set, alice) == keccak(words(key))
    assert registrar.getKeyHash(operator_set, mallory) == bytes(32)
    assert registrar.isKeyGloballyRegistered(keccak(words(key)))
    assert registrar.getOperatorFromSigningKey(operator_set, data) == (alice, True)
    assert registrar.getOperatorFromSigningKey(operator_set, words(key)) == (alice, True)


def test_a_key_is_spent_for_ever(restaking, registrar, operator_set, reverts, alice, mallory):
    second = restaking.configure(2, [STRATEGY])
    restaking.register(alice, operator_set, 77)
    with reverts("OperatorAlreadyRegistered()"):
        restaking.register(alice, operator_set, 78)
    for who, where in ((mallory, operator_set), (alice, second)):
        # Mallory has the key too, and can prove it.
        with reverts("KeyAlreadyRegistered()"):
            restaking.register(who, where, 77)

    restaking.allocations.setSlashable(alice, True)
    with boa.env.prank(alice), reverts("OperatorStillSlashable((address,uint32),address)"):
        registrar.deregisterKey(alice, operator_set)
    restaking.allocations.setSlashable(alice, False)
    with boa.env.prank(mallory), reverts("InvalidPermissions()"):
        registrar.deregisterKey(alice, operator_set)
    with boa.env.prank(alice):
        registrar.deregisterKey(alice, operator_set)
        with reverts("KeyNotFound((address,uint32),address)"):
            registrar.deregisterKey(alice, operator_set)
    assert not registrar.isRegistered(operator_set, alice)
    assert registrar.getOperatorFromSigningKey(operator_set, key_data(77)) == (alice, False)
    with reverts("KeyAlreadyRegistered()"):
        restaking.register(alice, operator_set, 77)
    restaking.register(alice, operator_set, 79)


def test_a_registration_cannot_be_taken_by_another(restaking, registrar, operator_set, reverts, alice, mallory):
    """Mallory sees Alice's transaction and sends it first, as it is or in his own name, or at another place."""
    second = restaking.configure(2, [STRATEGY])
    data = key_data(4242)
    signature = words(sign(4242, registrar.getBN254KeyRegistrationMessageHash(alice, operator_set, data)))
    with boa.env.prank(mallory):
        with reverts("InvalidPermissions()"):
            registrar.registerKey(alice, operator_set, data, signature)
        with reverts("InvalidSignature()"):
            registrar.registerKey(mallory, operator_set, data, signature)
    with boa.env.prank(alice):
        with reverts("InvalidSignature()"):
            registrar.registerKey(alice, second, data, signature)
        other_chain = words(sign(4242, digest_of(registrar, alice, operator_set, data, chain=5)))
        with reverts("InvalidSignature()"):
            registrar.registerKey(alice, operator_set, data, other_chain)
        registrar.registerKey(alice, operator_set, data, signature)


def test_another_registrar_has_other_digests(restaking, l1, registrar, operator_set, alice):
    other = l1.KeyRegistrar.deploy(restaking.permissions.address, restaking.allocations.address)
    data = key_data(5)
    digests = {each.getBN254KeyRegistrationMessageHash(alice, operator_set, data) for each in (registrar, other)}
    assert len(digests) == 2 and registrar.domainSeparator() != other.domainSeparator()


def test_a_rogue_key_is_refused(restaking, registrar, operator_set, reverts, alice, mallory):
    """A key made from Alice's, so that the sum of both is one whose secret Mallory has: he cannot sign with it alone."""
    restaking.register(alice, operator_set, 1001)
    wanted = 666
    rogue = curve.add(curve.multiply(curve.G1, wanted), curve.neg(curve.multiply(curve.G1, 1001)))
    rogue_g2 = curve.add(curve.multiply(curve.G2, wanted), curve.neg(curve.multiply(curve.G2, 1001)))
    data = encode(["(uint256,uint256)", "(uint256[2],uint256[2])"], [g1(rogue), g2(rogue_g2)])
    digest = registrar.getBN254KeyRegistrationMessageHash(mallory, operator_set, data)
    # What he can sign: with the sum's secret. And with a point of G2 of his own beside the rogue one of G1.
    own = encode(["(uint256,uint256)", "(uint256[2],uint256[2])"], [g1(rogue), g2(curve.multiply(curve.G2, wanted))])
    own_digest = registrar.getBN254KeyRegistrationMessageHash(mallory, operator_set, own)
    with boa.env.prank(mallory):
        for key, signed in ((data, digest), (own, own_digest)):
            with reverts("InvalidSignature()"):
                registrar.registerKey(mallory, operator_set, key, words(sign(wanted, signed)))


def test_keys_without_possession(registrar, operator_set, reverts, alice):
    key, key_g2 = g1(curve.multiply(curve.G1, 31)), g2(curve.multiply(curve.G2, 31))
    both = ["(uint256,uint256)", "(uint256[2],uint256[2])"]
    cases = [
        (encode(both, [key, key_g2]), words(ZERO_G1), "InvalidSignature()"),
        (encode(both, [key, key_g2]), words(key), "InvalidSignature()"),
        (encode(both, [key, key_g2]), words((1, 1)), "InvalidSignature()"),
        (encode(both, [key, key_g2]), b"", "InvalidSignature()"),
        (encode(both, [key, key_g2]), bytes(65), "InvalidSignature()"),
        (encode(both, [ZERO_G1, ZERO_G2]), words(ZERO_G1), "ZeroPubkey()"),
        (encode(both, [key, ZERO_G2]), words(ZERO_G1), "ZeroPubkey()"),
        (encode(both, [ZERO_G1, key_g2]), words(ZERO_G1), "ZeroPubkey()"),
        (encode(both, [(key[0] + curve.field_modulus, key[1]), key_g2]), words(key), "InvalidKeyFormat()"),
        (encode(both, [(5, 5), key_g2]), words(key), "InvalidKeyFormat()"),
        (encode(both, [key, ([1, 2], [3, 4])]), words(key), "InvalidSignature()"),
        (encode(both, [key, key_g2])[:191], words(key), "InvalidKeyFormat()"),
        (encode(both, [key, key_g2]) + b"\0", words(key), "InvalidKeyFormat()"),
        (b"", words(key), "InvalidKeyFormat()"),
    ]
    for data, signature, error in cases:
        with boa.env.prank(alice), reverts(error):
            registrar.registerKey(alice, operator_set, data, signature)
    assert not registrar.isRegistered(operator_set, alice)


def test_sets_that_take_no_keys(restaking, registrar, reverts, alice):
    nowhere = restaking.set(55)
    with boa.env.prank(alice):
        with reverts("OperatorSetNotConfigured()"):
            registrar.registerKey(alice, nowhere, b"", b"")
        with reverts("OperatorSetNotConfigured()"):
            registrar.deregisterKey(alice, nowhere)
    for call in (
        lambda: registrar.getBN254Key(nowhere, alice),
        lambda: registrar.getECDSAKey(nowhere, alice),
        lambda: registrar.getOperatorFromSigningKey(nowhere, b""),
    ):
        with reverts("InvalidCurveType()"):
            call()


def test_ecdsa_keys(registrar, ecdsa_set, reverts, alice, mallory):
    key = ecdsa.PrivateKey(b"\x11" * 32)
    signer = key.public_key.to_checksum_address()
    data = bytes.fromhex(signer[2:])
    digest = registrar.getECDSAKeyRegistrationMessageHash(alice, ecdsa_set, signer)
    parts = key.sign_msg_hash(digest)
    signature = parts.r.to_bytes(32, "big") + parts.s.to_bytes(32, "big") + bytes([27 + parts.v])
    with boa.env.prank(mallory), reverts("InvalidSignature()"):
        registrar.registerKey(mallory, ecdsa_set, data, signature)
    with boa.env.prank(alice):
        with reverts("InvalidSignature()"):
            registrar.registerKey(alice, ecdsa_set, data, signature[:64])
        with reverts("InvalidKeyFormat()"):
            registrar.registerKey(alice, ecdsa_set, data + b"\0", signature)
        with reverts("ZeroPubkey()"):
            registrar.registerKey(alice, ecdsa_set, bytes(20), signature)
        assert registrar.getECDSAKey(ecdsa_set, alice) == b""
        registrar.registerKey(alice, ecdsa_set, data, signature)
    assert registrar.getECDSAAddress(ecdsa_set, alice) == signer
    assert registrar.getECDSAKey(ecdsa_set, alice) == data
    assert registrar.getKeyHash(ecdsa_set, alice) == keccak(data)
    assert registrar.getOperatorFromSigningKey(ecdsa_set, data) == (alice, True)
    with boa.env.prank(alice):
        registrar.deregisterKey(alice, ecdsa_set)
    assert not registrar.isRegistered(ecdsa_set, alice)
    assert registrar.isKeyGloballyRegistered(keccak(data))


def test_a_contract_signs(registrar, ecdsa_set, reverts, inline, alice):
    signer = inline(SIGNER).deploy().address
    data = bytes.fromhex(signer[2:])
    with boa.env.prank(alice):
        with reverts("InvalidSignature()"):
            registrar.registerKey(alice, ecdsa_set, data, bytes(65))
        registrar.registerKey(alice, ecdsa_set, data, b"\7" * 65)
    assert registrar.getECDSAAddress(ecdsa_set, alice) == signer


def test_the_events(restaking, registrar, operator_set, alice):
    restaking.register(alice, operator_set, 99 + ORDER)
    (log,) = [each for each in registrar._computation.get_raw_log_entries()]
    assert log[2][0].to_bytes(32, "big") == keccak(text="KeyRegistered((address,uint32),address,uint8,bytes)")
    assert log[3] == encode([SET, "uint8", "bytes"], [operator_set, 2, key_data(99)])
