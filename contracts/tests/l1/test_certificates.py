"""Certificates: what counts as signed, by how much stake, and what attackers try."""

import boa
import pytest
from eth_abi import encode
from eth_utils import keccak
from hypothesis import given, settings
from hypothesis import strategies as st
from py_ecc import optimized_bn128 as curve

from restaking import (
    INFO,
    NOBODY,
    ZERO_G1,
    ZERO_G2,
    digest_of,
    g1,
    g2,
    layers_of,
    leaf_of,
    sign,
    table,
)

MESSAGE = keccak(text="an output root, with all that says what it is for")
AVS = "0x" + "a5" * 20
SET, OTHER_SET = (AVS, 1), (AVS, 2)
DAY = 86_400
TREE = """
# pragma version 0.4.3
from modules import operator_tables

@external
@pure
def root(leaves: DynArray[bytes32, 256]) -> bytes32:
    tree: operator_tables.Tree = empty(operator_tables.Tree)
    for leaf: bytes32 in leaves:
        tree = operator_tables._grown(tree, leaf)
    return operator_tables._root(tree)

@external
@pure
def isIn(root: bytes32, leaf: bytes32, index: uint256, count: uint256, proof: Bytes[256]) -> bool:
    return operator_tables._is_in(root, leaf, index, count, proof)
"""


class Verifier:
    """A verifier whose updater is the test."""

    def __init__(self, l1):
        self.updater = boa.env.generate_address("updater")
        self.contract = l1.CertificateVerifier.deploy(self.updater)

    def update(self, members, operator_set=SET, staleness: int = DAY, owner=NOBODY) -> int:
        now = boa.env.evm.patch.timestamp
        with boa.env.prank(self.updater):
            self.contract.updateOperatorTable(operator_set, now, members.info, (owner, staleness))
        return now


@pytest.fixture(scope="module")
def made(l1):
    return Verifier(l1)


@pytest.fixture(scope="module")
def verifier(made):
    return made.contract


@pytest.fixture(scope="module")
def five():
    """Five operators with two kinds of stake."""
    return table(5, kinds=2)


def test_tables(made, verifier, five, reverts, alice):
    assert verifier.operatorTableUpdater() == made.updater
    assert verifier.latestReferenceTimestamp(SET) == 0
    with reverts("OnlyTableUpdater()"):
        verifier.updateOperatorTable(SET, 1, five.info, (alice, DAY))
    now = made.update(five, owner=alice)
    (log,) = verifier._computation.get_raw_log_entries()
    assert log[2] == (
        int.from_bytes(
            keccak(
                text="TableUpdated((address,uint32),uint32,(bytes32,uint256,(uint256,uint256),uint256[]))"
            ),
            "big",
        ),
    )
    assert log[3] == encode(
        ["(address,uint32)", "uint32", "(bytes32,uint256,(uint256,uint256),uint256[])"], [SET, now, five.info]
    )
    with reverts("TableUpdateStale()"):
        made.update(five)
    assert verifier.latestReferenceTimestamp(SET) == now
    assert verifier.maxOperatorTableStaleness(SET) == DAY
    assert verifier.getOperatorSetOwner(SET) == alice
    assert verifier.isReferenceTimestampSet(SET, now) and not verifier.isReferenceTimestampSet(SET, now - 1)
    assert not verifier.isReferenceTimestampSet(OTHER_SET, now)
    assert list(verifier.getTotalStakeWeights(SET, now)) == five.totals
    assert verifier.getOperatorCount(SET, now) == 5
    root, count, key, totals = verifier.getOperatorSetInfo(SET, now)
    assert (root, count, tuple(key), list(totals)) == five.info


def test_formats(verifier, five):
    info = (five.keys[0], five.weights[0])
    assert verifier.calculateOperatorInfoLeaf(info) == leaf_of(*info)
    assert leaf_of(*info) == keccak(b"\x75" + encode([INFO], [info]))
    assert verifier.calculateCertificateDigest(7, MESSAGE) == digest_of(7, MESSAGE)
    assert verifier.OPERATOR_INFO_LEAF_SALT() == keccak(text="OPERATOR_INFO_LEAF_SALT")[0]


@given(st.one_of(st.integers(1, 9), st.integers(1, 256), st.sampled_from([64, 127, 128, 129, 255, 256])), st.data())
@settings(max_examples=25)
def test_trees(inline, count, data):
    """Roots of any number of leaves, and proofs of any of them, as from a tree made in Python."""
    tree = inline(TREE).deploy()
    leaves = [keccak(index.to_bytes(4, "big")) for index in range(count)]
    layers = layers_of(leaves)
    root = layers[-1][0]
    assert tree.root(leaves) == root
    index = data.draw(st.integers(0, count - 1))
    proof = b"".join(layer[(index >> level) ^ 1] for level, layer in enumerate(layers[:-1]))
    assert tree.isIn(root, leaves[index], index, count, proof)
    assert not tree.isIn(root, leaves[index], index + 256, count, proof)
    assert not tree.isIn(root, leaves[index], (index + 1) % 256, count, proof) or count == 1 and index == 255
    assert not tree.isIn(root, leaves[index], index, count, proof + bytes(32)[: 256 - len(proof)]) or count > 128
    if proof:
        # A node of the next level is no leaf, though its proof is right but for the length.
        assert not tree.isIn(root, layers[1][index // 2], index // 2, count, proof[32:])
        assert not tree.isIn(root, leaves[index], index, count, proof[:-1])


def test_everybody_signs(made, verifier, five):
    now = made.update(five)
    certificate = five.certificate(now, MESSAGE)
    assert list(verifier.verifyCertificate(SET, certificate)) == five.totals
    assert verifier.verifyCertificateNominal(SET, certificate, five.totals)


def test_some_do_not_sign(made, verifier, five, reverts):
    now = made.update(five)
    certificate = five.certificate(now, MESSAGE, absent=[1, 4])
    left = [total - five.weights[1][kind] - five.weights[4][kind] for kind, total in enumerate(five.totals)]
    assert not verifier.isNonsignerCached(SET, now, 1)
    assert list(verifier.verifyCertificate(SET, certificate)) == left
    assert verifier.isNonsignerCached(SET, now, 1) and not verifier.isNonsignerCached(SET, now, 2)
    key, weights = verifier.getNonsignerOperatorInfo(SET, now, 4)
    assert (tuple(key), list(weights)) == (five.keys[4], five.weights[4])

    # Who is known needs no proof, and whatever comes along does not count.
    again = five.certificate(now, MESSAGE, absent=[1, 4], proven=False)
    again[4][0] = (1, b"", (five.keys[0], [0, 0]))
    assert verifier.verifyCertificateNominal(SET, again, left)
    assert not verifier.verifyCertificateNominal(SET, again, [left[0], left[1] + 1])
    with reverts("ArrayLengthMismatch()"):
        verifier.verifyCertificateNominal(SET, again, left[:1])

    share = [amount * 10_000 // total for amount, total in zip(left, five.totals)]
    assert verifier.verifyCertificateProportion(SET, again, share)
    assert not verifier.verifyCertificateProportion(SET, again, [share[0], share[1] + 10])
    with reverts("ArrayLengthMismatch()"):
        verifier.verifyCertificateProportion(SET, again, share + [0])


def test_known_before(made, verifier, five, reverts):
    now = made.update(five)
    with reverts("VerificationFailed()"):
        verifier.cacheNonsigners(SET, now, [five.witness(2, proven=False)])
    verifier.cacheNonsigners(SET, now, [five.witness(0), five.witness(3)])
    certificate = five.certificate(now, MESSAGE, absent=[0, 3], proven=False)
    assert list(verifier.verifyCertificate(SET, certificate))[0] == five.totals[0] - 1000 - 1003
    # What is known of one table is not known of another.
    boa.env.time_travel(seconds=12)
    later = made.update(five)
    assert not verifier.isNonsignerCached(SET, later, 0)
    with reverts("VerificationFailed()"):
        verifier.verifyCertificate(SET, five.certificate(later, MESSAGE, absent=[0], proven=False))


def test_one_operator(made, verifier, reverts):
    """A tree of one leaf has no levels."""
    one = table(1, 99)
    now = made.update(one)
    assert list(verifier.verifyCertificate(SET, one.certificate(now, MESSAGE))) == one.totals
    index, proof, info = one.witness(0)
    assert proof == b""
    with reverts("VerificationFailed()"):
        verifier.cacheNonsigners(SET, now, [(0, bytes(32), info)])
    verifier.cacheNonsigners(SET, now, [one.witness(0)])


def test_times(made, verifier, five, reverts):
    now = made.update(five)
    certificate = five.certificate(now, MESSAGE)
    with reverts("ReferenceTimestampDoesNotExist()"):
        verifier.verifyCertificate(SET, five.certificate(now - 1, MESSAGE))
    # A later table makes the earlier no worse, until it is too old.
    boa.env.time_travel(seconds=DAY - 12)
    other = table(4, 500)
    later = made.update(other)
    boa.env.time_travel(seconds=12)
    assert verifier.verifyCertificateProportion(SET, certificate, [10_000, 10_000])
    boa.env.time_travel(seconds=1)
    with reverts("CertificateStale()"):
        verifier.verifyCertificate(SET, certificate)
    with reverts("CertificateStale()"):
        verifier.cacheNonsigners(SET, now, [five.witness(0)])
    # The certificate's operators cannot pass it off as one of the later table.
    with reverts("VerificationFailed()"):
        verifier.verifyCertificate(SET, (later, *certificate[1:]))
    # A set whose tables count for ever.
    boa.env.time_travel(seconds=1)
    last = made.update(other, staleness=0)
    boa.env.time_travel(seconds=1000 * DAY)
    assert list(verifier.verifyCertificate(SET, other.certificate(last, MESSAGE))) == other.totals


def test_another_place(l1, made, verifier, five, reverts):
    """A certificate means nothing in a set with other keys. It does at a verifier, on any chain, that has the same table:
    what is signed names neither, as with EigenLayer, so that a message must."""
    other = table(5, 8_000_000)
    now = made.update(five)
    assert made.update(other, OTHER_SET) == now
    certificate = five.certificate(now, MESSAGE)
    with reverts("VerificationFailed()"):
        verifier.verifyCertificate(OTHER_SET, certificate)
    with reverts("VerificationFailed()"):
        verifier.verifyCertificate(SET, (now, keccak(text="another message"), *certificate[2:]))
    with reverts("ReferenceTimestampDoesNotExist()"):
        verifier.verifyCertificate((made.updater, 1), certificate)
    elsewhere = Verifier(l1)
    assert elsewhere.update(five) == now
    assert list(elsewhere.contract.verifyCertificate(SET, certificate)) == five.totals


def test_nonsigners_that_are_refused(made, verifier, five, reverts):
    now = made.update(five)
    signature_of = five.certificate(now, MESSAGE, absent=[1, 2])

    def attempt(witnesses, error):
        with reverts(error):
            verifier.verifyCertificate(SET, (*signature_of[:4], witnesses))

    first, second = five.witness(1), five.witness(2)
    attempt([first, first], "NonSignerIndicesNotSorted()")
    attempt([second, first], "NonSignerIndicesNotSorted()")
    padding = (5, five.proof(4), (ZERO_G1, []))
    attempt([first, padding], "InvalidOperatorIndex()")
    attempt([first, (2**32 - 1, second[1], second[2])], "InvalidOperatorIndex()")
    attempt([(0, *first[1:]), second], "VerificationFailed()")
    # Other stake, another key, a proof that is too short or too long.
    attempt([first, (2, second[1], (second[2][0], [0, 0]))], "VerificationFailed()")
    attempt([first, (2, second[1], (five.keys[3], second[2][1]))], "VerificationFailed()")
    attempt([first, (2, second[1][:-32], second[2])], "VerificationFailed()")
    attempt([first, (2, second[1][:-1], second[2])], "VerificationFailed()")
    attempt([first, (2, second[1] + bytes(32), second[2])], "VerificationFailed()")
    attempt([first, (2, b"", second[2])], "VerificationFailed()")
    # One too many, or one too few.
    attempt([first, second, five.witness(3)], "VerificationFailed()")
    attempt([first], "VerificationFailed()")
    # A node of the tree in place of an operator: its words are no leaf's, and the proof is a level short.
    left, right = five.layers[0][0:2]
    node = ((int.from_bytes(left, "big"), int.from_bytes(right, "big")), [])
    attempt([(0, five.proof(0)[32:], node), *(first, second)], "VerificationFailed()")
    assert not any(verifier.isNonsignerCached(SET, now, index) for index in range(5))


def test_signatures_that_are_refused(made, verifier, five, reverts):
    now = made.update(five)
    good = five.certificate(now, MESSAGE)
    digest, secret = digest_of(now, MESSAGE), sum(five.secrets)

    def attempt(signature, apk, witnesses=()):
        with reverts("VerificationFailed()"):
            verifier.verifyCertificate(SET, (now, MESSAGE, signature, apk, list(witnesses)))

    # A sum of keys of the attacker's own, with his signature that is right for it.
    attempt(sign(31337, digest), g2(curve.multiply(curve.G2, 31337)))
    # The right sum and another's signature; nothing at all; what is no point.
    attempt(sign(secret + 1, digest), good[3])
    attempt(ZERO_G1, good[3])
    attempt(ZERO_G1, ZERO_G2)
    attempt((1, 1), good[3])
    attempt(good[2], ([1, 2], [3, 4]))
    assert verifier._computation.get_gas_used() < 700_000
    # The field's modulus more is the same number, and no second name of the point.
    attempt((good[2][0] + curve.field_modulus, good[2][1]), good[3])
    # Nobody signs, and nobody's key is at infinity with any signature, or none.
    everybody = [five.witness(index) for index in range(5)]
    attempt(ZERO_G1, ZERO_G2, everybody)
    attempt(ZERO_G1, g2(curve.G2), everybody)
    attempt(good[2], good[3], everybody)


def test_a_key_made_of_others(made, verifier, reverts):
    """Were a rogue key ever in a table, its owner could sign for all: what keeps it out is the proof of possession, in
    KeyRegistrar. This is the attack that it keeps out."""
    honest, wanted = table(3), 666
    rogue = curve.add(curve.multiply(curve.G1, wanted), curve.neg(curve.multiply(curve.G1, sum(honest.secrets))))
    info = (*honest.info[:2], g1(curve.add(curve.multiply(curve.G1, sum(honest.secrets)), rogue)), honest.totals)
    now = boa.env.evm.patch.timestamp
    with boa.env.prank(made.updater):
        verifier.updateOperatorTable(SET, now, info, (NOBODY, DAY))
    forged = now, MESSAGE, sign(wanted, digest_of(now, MESSAGE)), g2(curve.multiply(curve.G2, wanted)), []
    assert list(verifier.verifyCertificate(SET, forged)) == honest.totals


def test_signatures_of_single_operators(verifier, five):
    digest = digest_of(5, MESSAGE)
    signature = sign(five.secrets[3], digest)
    assert verifier.trySignatureVerification(digest, five.keys[3], five.keys_g2[3], signature) == (True, True)
    assert verifier.trySignatureVerification(digest, five.keys[2], five.keys_g2[2], signature) == (True, False)
    assert verifier.trySignatureVerification(digest, (1, 1), five.keys_g2[2], signature) == (False, False)
    assert verifier.trySignatureVerification(digest, ZERO_G1, ZERO_G2, ZERO_G1) == (True, False)
