"""The curve's arithmetic against py_ecc: sums, multiples, points from digests, signatures."""

import boa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py_ecc import optimized_bn128 as curve

from restaking import FIELD, ORDER, ZERO_G1, ZERO_G2, g1, g2, hash_to_g1, sign

SOURCE = """
# pragma version 0.4.3
from modules import bn254

@external
@view
def add(a: bn254.G1Point, b: bn254.G1Point) -> bn254.G1Point:
    return bn254._add(a, b)

@external
@view
def multiply(a: bn254.G1Point, scalar: uint256) -> (bool, bn254.G1Point):
    done: bool = False
    result: bn254.G1Point = empty(bn254.G1Point)
    done, result = bn254._try_multiply(a, scalar)
    return done, result

@external
@pure
def negated(a: bn254.G1Point) -> bn254.G1Point:
    return bn254._negated(a)

@external
@pure
def isKey(a: bn254.G1Point) -> bool:
    return bn254._is_key(a)

@external
@view
def hashToG1(digest: bytes32) -> bn254.G1Point:
    return bn254._hash_to_g1(digest)

@external
@view
def verify(digest: bytes32, key: bn254.G1Point, g2: bn254.G2Point, signature: bn254.G1Point) -> (bool, bool):
    done: bool = False
    valid: bool = False
    done, valid = bn254._verify(digest, key, g2, signature)
    return done, valid
"""
SCALARS = st.integers(0, ORDER - 1)


def point(scalar: int):
    return curve.multiply(curve.G1, scalar)


@pytest.fixture(scope="module")
def module(inline):
    return inline(SOURCE).deploy()


@given(SCALARS, SCALARS)
@settings(max_examples=10)
def test_sums_and_multiples(module, a, b):
    assert tuple(module.add(g1(point(a)), g1(point(b)))) == g1(point((a + b) % ORDER))
    assert module.multiply(g1(point(a)), b) == (True, g1(point(a * b % ORDER)))
    assert tuple(module.negated(g1(point(a)))) == g1(curve.neg(point(a)))
    assert tuple(module.add(g1(point(a)), module.negated(g1(point(a))))) == ZERO_G1


@given(st.binary(min_size=32, max_size=32))
@settings(max_examples=15)
def test_points_from_digests(module, digest):
    assert tuple(module.hashToG1(digest)) == g1(hash_to_g1(digest))


def test_points_from_digests_at_the_ends_of_the_field(module):
    for number in (0, 1, FIELD - 1, FIELD, FIELD + 1, 2**256 - 1):
        digest = number.to_bytes(32, "big")
        assert tuple(module.hashToG1(digest)) == g1(hash_to_g1(digest))


def test_what_is_a_key(module):
    x, y = g1(point(5))
    assert module.isKey((x, y))
    assert not module.isKey(ZERO_G1)
    assert not module.isKey((x, y + 1))
    assert not module.isKey((x, y + FIELD))
    assert not module.isKey((x + FIELD, y))


@pytest.mark.parametrize("bad", [(1, 1), (1 + FIELD, 2), (FIELD, 0)])
def test_what_is_no_point_costs_bounded_gas(module, reverts, bad):
    with reverts("ECAddFailed()"):
        module.add(bad, (1, 2))
    assert module.multiply(bad, 3) == (False, ZERO_G1)
    assert module._computation.get_gas_used() < 100_000
    assert module.verify(b"\1" * 32, bad, g2(curve.G2), (1, 2)) == (False, False)
    assert module._computation.get_gas_used() < 150_000


def test_a_bad_point_of_g2_costs_bounded_gas(module):
    bad = ([1, 2], [3, 4])
    assert module.verify(b"\1" * 32, (1, 2), bad, (1, 2)) == (False, False)
    assert module._computation.get_gas_used() < 600_000


@given(st.lists(SCALARS.filter(bool), min_size=1, max_size=4), st.binary(min_size=32, max_size=32))
@settings(max_examples=3)
def test_signatures_of_several(module, secrets, digest):
    """Signed and summed up with py_ecc, verified here; and e(signature, G2) = e(H, key) by py_ecc's own pairing."""
    signatures = [curve.multiply(hash_to_g1(digest), secret) for secret in secrets]
    signature, key, key_g2 = curve.Z1, curve.Z1, curve.Z2
    for secret, part in zip(secrets, signatures):
        signature, key = curve.add(signature, part), curve.add(key, point(secret))
        key_g2 = curve.add(key_g2, curve.multiply(curve.G2, secret))
    assert module.verify(digest, g1(key), g2(key_g2), g1(signature)) == (True, True)
    assert curve.pairing(curve.G2, signature) == curve.pairing(key_g2, hash_to_g1(digest))


def test_signatures_that_are_none(module):
    digest, other = b"\1" * 32, b"\2" * 32
    key, key_g2 = g1(point(9)), g2(curve.multiply(curve.G2, 9))
    assert module.verify(other, key, key_g2, sign(9, digest)) == (True, False)
    assert module.verify(digest, key, key_g2, ZERO_G1) == (True, False)
    # A point of G2 for which the signature is right, but which does not belong to the key.
    assert module.verify(digest, key, g2(curve.multiply(curve.G2, 10)), sign(10, digest)) == (True, False)
    # Nobody is no signer.
    for keys in ((ZERO_G1, ZERO_G2), (key, ZERO_G2), (ZERO_G1, key_g2)):
        assert module.verify(digest, *keys, ZERO_G1) == (True, False)
    with boa.env.anchor():
        # With too little gas it is not verified, whatever it is.
        assert module.verify(digest, key, key_g2, sign(9, digest), gas=90_000) == (False, False)
