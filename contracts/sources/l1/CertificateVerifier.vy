# pragma version 0.4.3
# pragma optimize codesize
"""
@title CertificateVerifier
@notice Says how much stake has signed a message: EigenLayer's BN254CertificateVerifier, for an L1 that has none.
@dev A certificate names a stake table by its time, a message hash, the sum of the signatures of those who signed, the sum of
     their keys as a point of G2, and the operators of the table who did not sign. The verifier takes these from the sum of
     all keys and from the sums of all weights, and checks the one signature by the one key that is left.

     The digest that operators sign names the table's time and the message hash, and neither chain nor contract nor set, as
     EigenLayer's does not: a message must itself say what it is for. A signature of one set means nothing in another,
     because a key is registered for one set only (KeyRegistrar).

     Whoever does not sign is kept with its table once it was proven, by a certificate or by `cacheNonsigners`, and needs
     no proof then: to come to more than a hundred in one transaction, prove some beforehand.
"""

from modules import bn254
from modules import operator_tables

MAX_OPERATORS: constant(uint256) = 256
MAX_WEIGHTS: constant(uint256) = 4
# Eight levels of the tree.
MAX_PROOF: constant(uint256) = 256

struct BN254OperatorInfoWitness:
    operatorIndex: uint32
    operatorInfoProof: Bytes[MAX_PROOF]
    operatorInfo: operator_tables.BN254OperatorInfo

struct BN254Certificate:
    referenceTimestamp: uint32
    messageHash: bytes32
    signature: bn254.G1Point
    apk: bn254.G2Point
    nonSignerWitnesses: DynArray[BN254OperatorInfoWitness, MAX_OPERATORS]

# What is left of a table when those who did not sign are taken out, one after the other.
struct Rest:
    operatorSet: bytes32
    referenceTimestamp: uint32
    root: bytes32
    count: uint256
    nextIndex: uint256
    key: bn254.G1Point
    weights: DynArray[uint256, MAX_WEIGHTS]

event TableUpdated:
    operatorSet: operator_tables.OperatorSet
    referenceTimestamp: uint32
    operatorSetInfo: operator_tables.BN254OperatorSetInfo

version: public(constant(String[5])) = "1.0.0"
OPERATOR_INFO_LEAF_SALT: public(constant(uint8)) = 117
CERTIFICATE_TYPEHASH: constant(bytes32) = keccak256(
    "BN254Certificate(uint32 referenceTimestamp,bytes32 messageHash)"
)
WHOLE: constant(uint256) = 10_000

operatorTableUpdater: public(immutable(address))

# By set (see operator_tables), and by the time of the table.
owners: HashMap[bytes32, address]
staleness: HashMap[bytes32, uint32]
latest: HashMap[bytes32, uint32]
tables: HashMap[bytes32, HashMap[uint32, operator_tables.BN254OperatorSetInfo]]
is_set: HashMap[bytes32, HashMap[uint32, bool]]
nonsigners: HashMap[bytes32, HashMap[uint32, HashMap[uint256, operator_tables.BN254OperatorInfo]]]


@deploy
def __init__(_operatorTableUpdater: address):
    """
    @param _operatorTableUpdater Who brings the tables (OperatorTables).
    """
    operatorTableUpdater = _operatorTableUpdater


# Tables


@external
def updateOperatorTable(
    _operatorSet: operator_tables.OperatorSet,
    _referenceTimestamp: uint32,
    _operatorSetInfo: operator_tables.BN254OperatorSetInfo,
    _operatorSetConfig: operator_tables.OperatorSetConfig,
):
    """
    @notice Takes a set's table of a time later than that of any before. For the updater.
    """
    if msg.sender != operatorTableUpdater:
        raw_revert(method_id("OnlyTableUpdater()"))
    key: bytes32 = operator_tables._key_of(_operatorSet)
    if _referenceTimestamp <= self.latest[key]:
        raw_revert(method_id("TableUpdateStale()"))
    self.tables[key][_referenceTimestamp] = _operatorSetInfo
    self.is_set[key][_referenceTimestamp] = True
    self.latest[key] = _referenceTimestamp
    self.owners[key] = _operatorSetConfig.owner
    self.staleness[key] = _operatorSetConfig.maxStalenessPeriod
    log TableUpdated(
        operatorSet=_operatorSet, referenceTimestamp=_referenceTimestamp, operatorSetInfo=_operatorSetInfo
    )


# Certificates


@external
def verifyCertificate(
    _operatorSet: operator_tables.OperatorSet, _cert: BN254Certificate
) -> DynArray[uint256, MAX_WEIGHTS]:
    """
    @notice The stake that has signed, of each kind; reverts where the certificate is not valid.
    """
    rest: Rest = self._begin(_operatorSet, _cert.referenceTimestamp)
    for witness: BN254OperatorInfoWitness in _cert.nonSignerWitnesses:
        rest = self._without(rest, witness)
    self._check_signature(rest, _cert.messageHash, _cert.signature, _cert.apk)
    return rest.weights


@external
def verifyCertificateProportion(
    _operatorSet: operator_tables.OperatorSet,
    _cert: BN254Certificate,
    _totalStakeProportionThresholds: DynArray[uint16, MAX_WEIGHTS],
) -> bool:
    """
    @notice Whether enough stake has signed; reverts where the certificate is not valid.
    @param _totalStakeProportionThresholds How much of each kind of stake it takes, in hundredths of a percent of all.
    """
    rest: Rest = self._begin(_operatorSet, _cert.referenceTimestamp)
    totals: DynArray[uint256, MAX_WEIGHTS] = rest.weights
    for witness: BN254OperatorInfoWitness in _cert.nonSignerWitnesses:
        rest = self._without(rest, witness)
    self._check_signature(rest, _cert.messageHash, _cert.signature, _cert.apk)
    thresholds: DynArray[uint256, MAX_WEIGHTS] = []
    if len(_totalStakeProportionThresholds) != len(totals):
        raw_revert(method_id("ArrayLengthMismatch()"))
    for index: uint256 in range(len(totals), bound=MAX_WEIGHTS):
        thresholds.append(totals[index] * convert(_totalStakeProportionThresholds[index], uint256) // WHOLE)
    return self._reaches(rest.weights, thresholds)


@external
def verifyCertificateNominal(
    _operatorSet: operator_tables.OperatorSet,
    _cert: BN254Certificate,
    _totalStakeNominalThresholds: DynArray[uint256, MAX_WEIGHTS],
) -> bool:
    """
    @notice Whether enough stake has signed; reverts where the certificate is not valid.
    @param _totalStakeNominalThresholds How much of each kind of stake it takes.
    """
    rest: Rest = self._begin(_operatorSet, _cert.referenceTimestamp)
    for witness: BN254OperatorInfoWitness in _cert.nonSignerWitnesses:
        rest = self._without(rest, witness)
    self._check_signature(rest, _cert.messageHash, _cert.signature, _cert.apk)
    return self._reaches(rest.weights, _totalStakeNominalThresholds)


@external
def cacheNonsigners(
    _operatorSet: operator_tables.OperatorSet,
    _referenceTimestamp: uint32,
    _witnesses: DynArray[BN254OperatorInfoWitness, MAX_OPERATORS],
):
    """
    @notice Proves operators of a table beforehand, for certificates that they do not sign. Anybody may.
    """
    rest: Rest = self._begin(_operatorSet, _referenceTimestamp)
    for witness: BN254OperatorInfoWitness in _witnesses:
        rest = self._without(rest, witness)


@internal
@view
def _begin(operator_set: operator_tables.OperatorSet, reference_timestamp: uint32) -> Rest:
    key: bytes32 = operator_tables._key_of(operator_set)
    staleness: uint256 = convert(self.staleness[key], uint256)
    if staleness != 0 and block.timestamp > convert(reference_timestamp, uint256) + staleness:
        raw_revert(method_id("CertificateStale()"))
    if not self.is_set[key][reference_timestamp]:
        raw_revert(method_id("ReferenceTimestampDoesNotExist()"))
    table: operator_tables.BN254OperatorSetInfo = self.tables[key][reference_timestamp]
    return Rest(
        operatorSet=key,
        referenceTimestamp=reference_timestamp,
        root=table.operatorInfoTreeRoot,
        count=table.numOperators,
        nextIndex=0,
        key=table.aggregatePubkey,
        weights=table.totalWeights,
    )


@internal
def _without(before: Rest, witness: BN254OperatorInfoWitness) -> Rest:
    rest: Rest = before
    index: uint256 = convert(witness.operatorIndex, uint256)
    if index < rest.nextIndex:
        raw_revert(method_id("NonSignerIndicesNotSorted()"))
    if index >= rest.count:
        raw_revert(method_id("InvalidOperatorIndex()"))
    rest.nextIndex = index + 1
    info: operator_tables.BN254OperatorInfo = self.nonsigners[rest.operatorSet][rest.referenceTimestamp][index]
    if bn254._is_zero(info.pubkey):
        info = witness.operatorInfo
        if not operator_tables._is_in(
            rest.root, operator_tables._leaf(info), index, rest.count, witness.operatorInfoProof
        ):
            raw_revert(method_id("VerificationFailed()"))
        self.nonsigners[rest.operatorSet][rest.referenceTimestamp][index] = info
    rest.key = bn254._add(rest.key, bn254._negated(info.pubkey))
    for kind: uint256 in range(min(len(info.weights), len(rest.weights)), bound=MAX_WEIGHTS):
        rest.weights[kind] -= info.weights[kind]
    return rest


@internal
@view
def _check_signature(rest: Rest, message_hash: bytes32, signature: bn254.G1Point, apk: bn254.G2Point):
    done: bool = False
    valid: bool = False
    done, valid = bn254._verify(self._digest(rest.referenceTimestamp, message_hash), rest.key, apk, signature)
    if not done or not valid:
        raw_revert(method_id("VerificationFailed()"))


@internal
@pure
def _reaches(weights: DynArray[uint256, MAX_WEIGHTS], thresholds: DynArray[uint256, MAX_WEIGHTS]) -> bool:
    if len(weights) != len(thresholds):
        raw_revert(method_id("ArrayLengthMismatch()"))
    for index: uint256 in range(len(weights), bound=MAX_WEIGHTS):
        if weights[index] < thresholds[index]:
            return False
    return True


@external
@view
def trySignatureVerification(
    _msgHash: bytes32, _aggPubkey: bn254.G1Point, _apkG2: bn254.G2Point, _signature: bn254.G1Point
) -> (bool, bool):
    """
    @notice Whether the check could be made, as all of these are points, and whether the key has signed the hash. The key at
            infinity signs nothing. With too little gas the check cannot be made either.
    """
    return bn254._verify(_msgHash, _aggPubkey, _apkG2, _signature)


@external
@pure
def calculateCertificateDigest(_referenceTimestamp: uint32, _messageHash: bytes32) -> bytes32:
    """
    @notice What operators sign.
    """
    return self._digest(_referenceTimestamp, _messageHash)


@internal
@pure
def _digest(reference_timestamp: uint32, message_hash: bytes32) -> bytes32:
    return keccak256(abi_encode(CERTIFICATE_TYPEHASH, reference_timestamp, message_hash))


@external
@pure
def calculateOperatorInfoLeaf(_operatorInfo: operator_tables.BN254OperatorInfo) -> bytes32:
    """
    @notice The leaf of an operator in a table's tree.
    """
    return operator_tables._leaf(_operatorInfo)


# What is known


@external
@view
def getOperatorSetInfo(
    _operatorSet: operator_tables.OperatorSet, _referenceTimestamp: uint32
) -> operator_tables.BN254OperatorSetInfo:
    """
    @notice A table; zeros where there is none of that time.
    """
    return self.tables[operator_tables._key_of(_operatorSet)][_referenceTimestamp]


@external
@view
def getTotalStakeWeights(
    _operatorSet: operator_tables.OperatorSet, _referenceTimestamp: uint32
) -> DynArray[uint256, MAX_WEIGHTS]:
    """
    @notice All stake of a table, of each kind.
    """
    return self.tables[operator_tables._key_of(_operatorSet)][_referenceTimestamp].totalWeights


@external
@view
def getOperatorCount(_operatorSet: operator_tables.OperatorSet, _referenceTimestamp: uint32) -> uint256:
    """
    @notice How many operators a table has.
    """
    return self.tables[operator_tables._key_of(_operatorSet)][_referenceTimestamp].numOperators


@external
@view
def isReferenceTimestampSet(_operatorSet: operator_tables.OperatorSet, _referenceTimestamp: uint32) -> bool:
    """
    @notice Whether there is a table of that time.
    """
    return self.is_set[operator_tables._key_of(_operatorSet)][_referenceTimestamp]


@external
@view
def latestReferenceTimestamp(_operatorSet: operator_tables.OperatorSet) -> uint32:
    """
    @notice The time of a set's newest table, in seconds; zero where it has none.
    """
    return self.latest[operator_tables._key_of(_operatorSet)]


@external
@view
def maxOperatorTableStaleness(_operatorSet: operator_tables.OperatorSet) -> uint32:
    """
    @notice Seconds for which a table counts; zero for ever.
    """
    return self.staleness[operator_tables._key_of(_operatorSet)]


@external
@view
def getOperatorSetOwner(_operatorSet: operator_tables.OperatorSet) -> address:
    """
    @notice Whom the service names as the owner of the set.
    """
    return self.owners[operator_tables._key_of(_operatorSet)]


@external
@view
def getNonsignerOperatorInfo(
    _operatorSet: operator_tables.OperatorSet, _referenceTimestamp: uint32, _operatorIndex: uint256
) -> operator_tables.BN254OperatorInfo:
    """
    @notice An operator of a table that was proven already; zeros for others.
    """
    return self.nonsigners[operator_tables._key_of(_operatorSet)][_referenceTimestamp][_operatorIndex]


@external
@view
def isNonsignerCached(
    _operatorSet: operator_tables.OperatorSet, _referenceTimestamp: uint32, _operatorIndex: uint256
) -> bool:
    """
    @notice Whether an operator of a table needs no proof any more.
    """
    return not bn254._is_zero(
        self.nonsigners[operator_tables._key_of(_operatorSet)][_referenceTimestamp][_operatorIndex].pubkey
    )
