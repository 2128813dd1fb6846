"""Operators' keys, certificates and tables, made in plain Python with py_ecc; and small doubles of the restaking contracts."""

from dataclasses import dataclass

import boa
from eth_abi import encode
from eth_utils import keccak
from py_ecc import optimized_bn128 as curve

FIELD, ORDER, NOBODY = curve.field_modulus, curve.curve_order, "0x" + "00" * 20
ZERO_G1, ZERO_G2 = (0, 0), ([0, 0], [0, 0])
INFO = "((uint256,uint256),uint256[])"
WITNESS = f"(uint32,bytes,{INFO})"
SET = "(address,uint32)"
CERTIFICATE = f"(uint32,bytes32,(uint256,uint256),(uint256[2],uint256[2]),{WITNESS}[])"

PERMISSIONS = """
# pragma version 0.4.3
appointed: HashMap[address, HashMap[address, HashMap[address, HashMap[bytes4, bool]]]]

@external
def setAppointee(account: address, appointee: address, target: address, selector: bytes4):
    assert msg.sender == account
    self.appointed[account][appointee][target][selector] = True

@external
@view
def canCall(account: address, caller: address, target: address, selector: bytes4) -> bool:
    return account == caller or self.appointed[account][caller][target][selector]
"""

# A stake takes six cold reads, about as many as EigenLayer's own contracts make for it.
ALLOCATIONS = """
# pragma version 0.4.3
struct OperatorSet:
    avs: address
    id: uint32

members: HashMap[address, HashMap[uint32, DynArray[address, 300]]]
strategies: HashMap[address, HashMap[uint32, DynArray[address, 16]]]
slashable: HashMap[address, bool]
stakes: HashMap[address, HashMap[address, uint256[6]]]
# From which block on the stake is gone.
leaves: HashMap[address, uint256]

@external
def setMembers(s: OperatorSet, members: DynArray[address, 300]):
    self.members[s.avs][s.id] = members

@external
def setStrategies(s: OperatorSet, strategies: DynArray[address, 16]):
    self.strategies[s.avs][s.id] = strategies

@external
def setStakes(strategy: address, operators: DynArray[address, 300], stakes: DynArray[uint256, 300]):
    for i: uint256 in range(len(operators), bound=300):
        self.stakes[operators[i]][strategy] = [stakes[i], 1, 1, 1, 1, 1]

@external
def setSlashable(operator: address, slashable: bool):
    self.slashable[operator] = slashable

@external
def setLeaving(operator: address, number: uint256):
    self.leaves[operator] = number

@external
@view
def isOperatorSet(s: OperatorSet) -> bool:
    return len(self.strategies[s.avs][s.id]) > 0

@external
@view
def isOperatorSlashable(operator: address, s: OperatorSet) -> bool:
    return self.slashable[operator]

@external
@view
def getMembers(s: OperatorSet) -> DynArray[address, 300]:
    return self.members[s.avs][s.id]

@external
@view
def getMemberCount(s: OperatorSet) -> uint256:
    return len(self.members[s.avs][s.id])

@external
@view
def getStrategiesInOperatorSet(s: OperatorSet) -> DynArray[address, 16]:
    return self.strategies[s.avs][s.id]

@external
@view
def getMinimumSlashableStake(
    s: OperatorSet, operators: DynArray[address, 300], strategies: DynArray[address, 16], until: uint32
) -> DynArray[DynArray[uint256, 16], 300]:
    found: DynArray[DynArray[uint256, 16], 300] = []
    for operator: address in operators:
        stakes: DynArray[uint256, 16] = []
        for strategy: address in strategies:
            stake: uint256[6] = self.stakes[operator][strategy]
            if self.leaves[operator] != 0 and self.leaves[operator] <= convert(until, uint256):
                stake[0] = 0
            stakes.append(stake[0] * stake[1] * stake[2] * stake[3] * stake[4] * stake[5])
        found.append(stakes)
    return found
"""


# Points


def g1(point) -> tuple:
    if curve.is_inf(point):
        return ZERO_G1
    x, y = curve.normalize(point)
    return int(x), int(y)


def g2(point) -> tuple:
    """The imaginary part of each coordinate first."""
    if curve.is_inf(point):
        return ZERO_G2
    return tuple([int(part.coeffs[1]), int(part.coeffs[0])] for part in curve.normalize(point))


def hash_to_g1(digest: bytes):
    x = int.from_bytes(digest, "big") % FIELD
    while True:
        square = (x**3 + 3) % FIELD
        y = pow(square, (FIELD + 1) // 4, FIELD)
        if y * y % FIELD == square:
            return curve.FQ(x), curve.FQ(y), curve.FQ(1)
        x = (x + 1) % FIELD


def sign(secret: int, digest: bytes) -> tuple:
    return g1(curve.multiply(hash_to_g1(digest), secret % ORDER))


def key_data(secret: int) -> bytes:
    """The two points of a key, as they are registered."""
    both = g1(curve.multiply(curve.G1, secret)), g2(curve.multiply(curve.G2, secret))
    return encode(["(uint256,uint256)", "(uint256[2],uint256[2])"], both)


# Tables and certificates


def leaf_of(key: tuple, weights: list) -> bytes:
    return keccak(b"\x75" + encode([INFO], [(key, weights)]))


def layers_of(leaves: list[bytes]) -> list[list[bytes]]:
    """The tree from its leaves, filled up with zeros to a power of two, to its root."""
    width = 1 << max(len(leaves) - 1, 0).bit_length()
    layers = [leaves + [bytes(32)] * (width - len(leaves))]
    while len(layers[-1]) > 1:
        layers.append([keccak(b"".join(layers[-1][i : i + 2])) for i in range(0, len(layers[-1]), 2)])
    return layers


def digest_of(timestamp: int, message: bytes) -> bytes:
    typehash = keccak(text="BN254Certificate(uint32 referenceTimestamp,bytes32 messageHash)")
    return keccak(encode(["bytes32", "uint32", "bytes32"], [typehash, timestamp, message]))


@dataclass
class Table:
    """Operators with secrets one after the other, so that their points are found by plain additions."""

    secrets: list[int]
    weights: list[list[int]]

    def __post_init__(self):
        self.keys, self.keys_g2, last = [], [], None
        for secret in self.secrets:
            if last is not None and secret == last + 1:
                point, point_g2 = curve.add(point, curve.G1), curve.add(point_g2, curve.G2)
            else:
                point, point_g2 = curve.multiply(curve.G1, secret), curve.multiply(curve.G2, secret)
            self.keys.append(g1(point))
            self.keys_g2.append(g2(point_g2))
            last = secret
        self.layers = layers_of([leaf_of(*operator) for operator in zip(self.keys, self.weights)])

    @property
    def totals(self) -> list[int]:
        return [sum(kind) for kind in zip(*self.weights)]

    @property
    def info(self) -> tuple:
        aggregate = g1(curve.multiply(curve.G1, sum(self.secrets) % ORDER))
        return self.layers[-1][0], len(self.secrets), aggregate, self.totals

    def proof(self, index: int) -> bytes:
        return b"".join(layer[(index >> level) ^ 1] for level, layer in enumerate(self.layers[:-1]))

    def witness(self, index: int, proven: bool = True) -> tuple:
        if not proven:
            return index, b"", (ZERO_G1, [])
        return index, self.proof(index), (self.keys[index], self.weights[index])

    def certificate(self, timestamp: int, message: bytes, absent=(), proven: bool = True) -> tuple:
        secret = sum(each for index, each in enumerate(self.secrets) if index not in set(absent)) % ORDER
        return (
            timestamp,
            message,
            sign(secret, digest_of(timestamp, message)),
            g2(curve.multiply(curve.G2, secret)),
            [self.witness(index, proven) for index in absent],
        )


def table(count: int, first: int = 7_000_000, kinds: int = 1) -> Table:
    return Table([first + i for i in range(count)], [[1000 + i + 10 * k for k in range(kinds)] for i in range(count)])


# Contracts


class Restaking:
    """The three contracts, with doubles of what they ask."""

    LOOKAHEAD = 100

    def __init__(self, l1, inline):
        self.permissions, self.allocations = inline(PERMISSIONS).deploy(), inline(ALLOCATIONS).deploy()
        self.avs = boa.env.generate_address("avs")
        self.registrar = l1.KeyRegistrar.deploy(self.permissions.address, self.allocations.address)
        self.tables = l1.OperatorTables.deploy(
            self.permissions.address,
            self.allocations.address,
            self.registrar.address,
            self.LOOKAHEAD,
            l1.CertificateVerifier.bytecode,
        )
        self.verifier = l1.CertificateVerifier.at(self.tables.certificateVerifier())

    def set(self, number: int) -> tuple:
        return self.avs, number

    def configure(self, number: int, strategies: list, owner=NOBODY, staleness: int = 0) -> tuple:
        """Makes an operator set, ready for tables."""
        self.allocations.setStrategies(self.set(number), strategies)
        with boa.env.prank(self.avs):
            self.registrar.configureOperatorSet(self.set(number), 2)
            self.tables.createGenerationReservation(self.set(number), self.tables.address, (owner, staleness))
        return self.set(number)

    def place_keys(self, layout: dict, operator_set: tuple, operators: list, members: Table) -> None:
        """Puts keys into the registrar's storage without a registration, of which each takes a pairing."""
        base = layout["storage_layout"]["bn254_keys"]["slot"]
        word = int(operator_set[0], 16) << 96 | operator_set[1]
        outer = keccak(base.to_bytes(32, "big") + word.to_bytes(32, "big"))
        for operator, key, key_g2 in zip(operators, members.keys, members.keys_g2):
            slot = int.from_bytes(keccak(outer + bytes(12) + bytes.fromhex(operator[2:])), "big")
            for offset, value in enumerate([*key, *key_g2[0], *key_g2[1]]):
                boa.env.set_storage(self.registrar.address, slot + offset, value)

    def register(self, operator: str, operator_set: tuple, secret: int) -> None:
        data = key_data(secret)
        digest = self.registrar.getBN254KeyRegistrationMessageHash(operator, operator_set, data)
        with boa.env.prank(operator):
            self.registrar.registerKey(
                operator, operator_set, data, encode(["uint256", "uint256"], sign(secret, digest))
            )
