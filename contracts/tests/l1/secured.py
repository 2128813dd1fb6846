"""Restaking contracts that say what a test wants of them, a ServiceManager on them, and a rollup that operators secure."""

import boa
from eth_abi import encode
from eth_utils import keccak

from settlement import BLOCK_TIME, BOND, CHALLENGE_WINDOW, ETHER, GENESIS_TIME, Output, Rollup, module_arguments  # noqa: F401

RESTAKED_TYPE = 2027
QUORUM = 6_700
LEAST_STAKE = ETHER
TABLE_AGE = 86_400
SLASHABLE_TIME = 1_209_600
ZERO = "0x" + "00" * 20

# Members are who called `join`; a slash is kept, word for word.
ALLOCATION = """
MAX: constant(uint256) = 16

struct OperatorSet:
    avs: address
    id: uint32

struct CreateSetParams:
    operatorSetId: uint32
    strategies: DynArray[address, MAX]
    slasher: address

struct DeregisterParams:
    operator: address
    avs: address
    operatorSetIds: DynArray[uint32, 1]

struct SlashingParams:
    operator: address
    operatorSetId: uint32
    strategies: DynArray[address, MAX]
    wadsToSlash: DynArray[uint256, MAX]
    description: String[64]

interface Registrar:
    def registerOperator(operator: address, avs: address, ids: DynArray[uint32, 32], data: Bytes[1024]): nonpayable
    def deregisterOperator(operator: address, avs: address, ids: DynArray[uint32, 32]): nonpayable

created: public(DynArray[CreateSetParams, 8])
recipients: public(DynArray[address, 8])
slashes: public(DynArray[SlashingParams, 8])
member: HashMap[address, HashMap[uint32, bool]]
count: public(HashMap[uint32, uint256])
stake: public(HashMap[address, uint256])
uri: public(String[1024])

@external
def updateAVSMetadataURI(avs: address, uri: String[1024]):
    assert avs == msg.sender
    self.uri = uri

@external
def createOperatorSets(avs: address, params: DynArray[CreateSetParams, 1]):
    assert avs == msg.sender
    self.created.append(params[0])

@external
def createRedistributingOperatorSets(
    avs: address, params: DynArray[CreateSetParams, 1], recipients: DynArray[address, 1]
):
    assert avs == msg.sender
    self.created.append(params[0])
    self.recipients.append(recipients[0])

@external
def setStake(operator: address, stake: uint256):
    self.stake[operator] = stake

@external
def setCount(id: uint32, count: uint256):
    self.count[id] = count

@external
def join(avs: address, id: uint32):
    self.member[msg.sender][id] = True
    self.count[id] += 1
    extcall Registrar(avs).registerOperator(msg.sender, avs, [id], b"")

@external
def deregisterFromOperatorSets(params: DeregisterParams):
    assert msg.sender == params.avs or msg.sender == params.operator
    assert self.member[params.operator][params.operatorSetIds[0]], "no member"
    self.member[params.operator][params.operatorSetIds[0]] = False
    extcall Registrar(params.avs).deregisterOperator(params.operator, params.avs, [params.operatorSetIds[0]])

@external
def slashOperator(avs: address, params: SlashingParams) -> (uint256, DynArray[uint256, MAX]):
    assert avs == msg.sender
    self.slashes.append(params)
    return len(self.slashes), params.wadsToSlash

@external
@view
def getMemberCount(operator_set: OperatorSet) -> uint256:
    return self.count[operator_set.id]

@external
@view
def isMemberOfOperatorSet(operator: address, operator_set: OperatorSet) -> bool:
    return self.member[operator][operator_set.id]

@external
@view
def getMinimumSlashableStake(
    operator_set: OperatorSet, operators: DynArray[address, 1], strategies: DynArray[address, MAX], future: uint32
) -> DynArray[DynArray[uint256, MAX], 1]:
    stakes: DynArray[uint256, MAX] = []
    for strategy: address in strategies:
        stakes.append(self.stake[operators[0]])
    return [stakes]
"""

# An operator's key is (its address, 1). A signature is (the digest, the signer's key): nobody makes another's by mistake.
KEYS = """
struct OperatorSet:
    avs: address
    id: uint32

struct G1Point:
    X: uint256
    Y: uint256

struct G2Point:
    X: uint256[2]
    Y: uint256[2]

struct OperatorSetConfig:
    owner: address
    maxStalenessPeriod: uint32

registered: public(HashMap[address, bool])
curves: public(HashMap[uint32, uint8])
reservations: public(HashMap[uint32, OperatorSetConfig])

@external
def configureOperatorSet(operator_set: OperatorSet, curve: uint8):
    assert operator_set.avs == msg.sender
    self.curves[operator_set.id] = curve

@external
def createGenerationReservation(operator_set: OperatorSet, calculator: address, config: OperatorSetConfig):
    assert operator_set.avs == msg.sender
    self.reservations[operator_set.id] = config

multipliers: public(HashMap[uint32, DynArray[uint256, 16]])

@external
def setStrategyMultipliers(
    operator_set: OperatorSet, strategies: DynArray[address, 16], multipliers: DynArray[uint256, 16]
):
    assert operator_set.avs == msg.sender and len(strategies) == len(multipliers)
    self.multipliers[operator_set.id] = multipliers

@external
def register(operator: address):
    self.registered[operator] = True

@external
@view
def isRegistered(operator_set: OperatorSet, operator: address) -> bool:
    return self.registered[operator]

@external
@view
def getBN254Key(operator_set: OperatorSet, operator: address) -> (G1Point, G2Point):
    if not self.registered[operator]:
        return empty(G1Point), empty(G2Point)
    return G1Point(X=convert(operator, uint256), Y=1), empty(G2Point)
"""

VERIFIER = """
struct OperatorSet:
    avs: address
    id: uint32

struct G1Point:
    X: uint256
    Y: uint256

struct G2Point:
    X: uint256[2]
    Y: uint256[2]

struct OperatorInfo:
    pubkey: G1Point
    weights: DynArray[uint256, 4]

struct Witness:
    operatorIndex: uint32
    operatorInfoProof: Bytes[256]
    operatorInfo: OperatorInfo

struct Certificate:
    referenceTimestamp: uint32
    messageHash: bytes32
    signature: G1Point
    apk: G2Point
    nonSignerWitnesses: DynArray[Witness, 256]

struct OperatorSetInfo:
    operatorInfoTreeRoot: bytes32
    numOperators: uint256
    aggregatePubkey: G1Point
    totalWeights: DynArray[uint256, 4]

latest: uint32
staleness: uint32
total: uint256
root: bytes32
size: uint256

@external
def setTable(latest: uint32, total: uint256, root: bytes32, size: uint256, staleness: uint32):
    self.latest = latest
    self.total = total
    self.root = root
    self.size = size
    self.staleness = staleness

@external
@view
def calculateCertificateDigest(timestamp: uint32, message: bytes32) -> bytes32:
    return keccak256(abi_encode(timestamp, message))

@external
@view
def trySignatureVerification(digest: bytes32, key: G1Point, key_g2: G2Point, signature: G1Point) -> (bool, bool):
    return signature.X != 0, signature.X == convert(digest, uint256) and signature.Y == key.X

@external
def verifyCertificateProportion(
    operator_set: OperatorSet, certificate: Certificate, thresholds: DynArray[uint16, 1]
) -> bool:
    assert certificate.referenceTimestamp == self.latest, "no such table"
    assert certificate.signature.X == convert(certificate.messageHash, uint256), "no signature"
    # Each operator has the same stake.
    signed: uint256 = self.size - len(certificate.nonSignerWitnesses)
    return signed * 10000 >= convert(thresholds[0], uint256) * self.size

@external
@view
def latestReferenceTimestamp(operator_set: OperatorSet) -> uint32:
    return self.latest

@external
@view
def maxOperatorTableStaleness(operator_set: OperatorSet) -> uint32:
    return self.staleness

@external
@view
def getTotalStakeWeights(operator_set: OperatorSet, timestamp: uint32) -> DynArray[uint256, 4]:
    assert timestamp == self.latest
    return [self.total]

@external
@view
def getOperatorSetInfo(operator_set: OperatorSet, timestamp: uint32) -> OperatorSetInfo:
    if timestamp != self.latest:
        return empty(OperatorSetInfo)
    return OperatorSetInfo(
        operatorInfoTreeRoot=self.root, numOperators=self.size, aggregatePubkey=empty(G1Point), totalWeights=[self.total]
    )
"""


# Decides challenges as a test says.
RESOLVER = """
interface Game:
    def settle(holds: bool): nonpayable

@external
def say(game: address, holds: bool):
    extcall Game(game).settle(holds)
"""


def leaf(operator: str, weight: int) -> bytes:
    return keccak(b"\x75" + encode(["((uint256,uint256),uint256[])"], [((int(operator, 16), 1), [weight])]))


def tree(leaves: list[bytes]) -> list[list[bytes]]:
    """The levels of a Merkle tree, leaves first, filled up with zeros to a power of two."""
    size = 1
    while size < len(leaves):
        size *= 2
    levels = [leaves + [bytes(32)] * (size - len(leaves))]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([keccak(below[i] + below[i + 1]) for i in range(0, len(below), 2)])
    return levels


class Restaking:
    """The doubles, the ServiceManager on them, and a rollup whose proposals operators certify."""

    def __init__(self, l1, inline, shared, people, operators=5, treasury=ZERO):
        self.l1, self.owner, self.timelock = l1, people["owner"], people["timelock"]
        self.allocation, self.keys, self.verifier = (inline(each).deploy() for each in (ALLOCATION, KEYS, VERIFIER))
        self.strategies = sorted(boa.env.generate_address(f"strategy {n}") for n in range(2))
        self.strategies.sort(key=lambda each: int(each, 16))
        self.manager = l1.ServiceManager.deploy(
            shared.registry.address,
            self.allocation.address,
            self.keys.address,
            self.verifier.address,
            self.keys.address,
            self.keys.address,
            TABLE_AGE,
            SLASHABLE_TIME,
            treasury,
            self.timelock,
            "https://example.org/service.json",
        )
        self.module = l1.RestakedProposal.deploy(self.manager.address)
        self.rollup = Rollup(shared, self.owner)
        self.resolver = inline(RESOLVER).deploy()
        with boa.env.prank(self.timelock):
            for strategy in self.strategies:
                self.manager.weighStrategy(strategy, ETHER)
            self.rollup.factory.setImplementation(
                RESTAKED_TYPE,
                self.module.address,
                module_arguments(self.rollup.registry.address, self.resolver.address),
            )
            self.rollup.factory.setInitBond(RESTAKED_TYPE, BOND)
            self.rollup.registry.setRespectedGameType(RESTAKED_TYPE)
        with boa.env.prank(self.owner):
            self.set_id = self.manager.addRollup(
                self.rollup.config.address, self.strategies, QUORUM, LEAST_STAKE
            )
        self.operators = [boa.env.generate_address(f"operator {n}") for n in range(operators)]
        for operator in self.operators:
            self.keys.register(operator)
            self.allocation.setStake(operator, 10 * ETHER)
            with boa.env.prank(operator):
                self.allocation.join(self.manager.address, self.set_id)
        self.levels = tree([leaf(each, 20 * ETHER) for each in self.operators])
        self.snapshot()

    @property
    def config(self) -> str:
        return self.rollup.config.address

    @property
    def total(self) -> int:
        return 20 * ETHER * len(self.operators)

    def snapshot(self, staleness: int = 86_400) -> None:
        """Makes the stake table of now."""
        self.table = boa.env.timestamp
        self.verifier.setTable(self.table, self.total, self.levels[-1][0], len(self.operators), staleness)

    def attestation(self, value: bytes, number: int = 100, kind: int = 1, index: int = 0, config=None) -> bytes:
        return self.manager.attestation(config or self.config, kind, number, index, value)

    def signed(self, operator: str, value: bytes, number: int = 100, kind: int = 1, index: int = 0, table=None) -> tuple:
        """What an operator has signed, as evidence."""
        table = table or self.table
        digest = keccak(encode(["uint32", "bytes32"], [table, self.attestation(value, number, kind, index)]))
        return (table, value, (int.from_bytes(digest, "big"), int(operator, 16)))

    def witness(self, index: int) -> tuple:
        proof, at = b"", index
        for level in self.levels[:-1]:
            proof += level[at ^ 1]
            at //= 2
        return (index, proof, ((int(self.operators[index], 16), 1), [20 * ETHER]))

    def certificate(self, output, number: int = 100, absent=(), **changes) -> tuple:
        message = self.attestation(output.root, number)
        values = dict(
            referenceTimestamp=self.table,
            messageHash=message,
            signature=(int.from_bytes(message, "big"), 0),
            apk=([1, 2], [3, 4]),
            nonSignerWitnesses=[self.witness(index) for index in absent],
        )
        return tuple((values | changes).values())

    def propose(self, output, number: int = 100, extra: bytes = b""):
        address = self.rollup.factory.create(
            RESTAKED_TYPE, output.root, number.to_bytes(32, "big") + extra, value=BOND
        )
        return self.l1.RestakedProposal.at(address)

    def certified(self, output, number: int = 100, absent=(), extra: bytes = b""):
        game = self.propose(output, number, extra)
        game.certify(self.certificate(output, number, absent))
        return game

    def prove(self, withdrawal, output) -> None:
        """Proves against the newest proposal, and lets one block of L1 pass."""
        boa.env.time_travel(seconds=12)
        self.rollup.prove(withdrawal, output, self.rollup.factory.gameCount() - 1)
        boa.env.time_travel(seconds=12)

    def pay(self, withdrawal) -> None:
        self.rollup.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
