# pragma version 0.4.3
# pragma optimize codesize
"""
@title OperatorTables
@notice Makes the stake tables of operator sets, for an L1 to which EigenLayer brings none: anybody may, at any time.
@dev It stands for three of EigenLayer's contracts. To a service it is the CrossChainRegistry, with which the service reserves
     tables and names the set's owner and for how long a table counts. It is the table calculator (IOperatorTableCalculator):
     that part works with EigenLayer's own contracts too. And to the verifier, which it makes itself, it is the updater.

     A table is what the restaking contracts say at that moment, whoever asks for it: there is no choice in it that anybody
     could make wrong. Stake that is going to leave within the lookahead does not count, nor do operators without a key.
"""

from modules import bn254
from modules import operator_tables

MAX_OPERATORS: constant(uint256) = 256
MAX_STRATEGIES: constant(uint256) = 16
MAX_WEIGHTS: constant(uint256) = 4
# How many operators' stake is asked for at a time.
PART: constant(uint256) = 32
MAX_CODE: constant(uint256) = 24_576

# An operator that is in a table.
struct Entry:
    operator: address
    key: bn254.G1Point
    weight: uint256

# A table that grows, operator by operator.
struct Draft:
    # The block that all of it is of, and the hash of the set's members.
    number: uint256
    members: bytes32
    # Of the members, how many have been looked at.
    seen: uint256
    tree: operator_tables.Tree
    key: bn254.G1Point
    total: uint256

interface PermissionController:
    def canCall(_account: address, _caller: address, _target: address, _selector: bytes4) -> bool: view

interface AllocationManager:
    def isOperatorSet(_operatorSet: operator_tables.OperatorSet) -> bool: view
    def getMemberCount(_operatorSet: operator_tables.OperatorSet) -> uint256: view
    def getMembers(_operatorSet: operator_tables.OperatorSet) -> DynArray[address, MAX_OPERATORS]: view
    def getStrategiesInOperatorSet(
        _operatorSet: operator_tables.OperatorSet
    ) -> DynArray[address, MAX_STRATEGIES]: view
    def getMinimumSlashableStake(
        _operatorSet: operator_tables.OperatorSet,
        _operators: DynArray[address, PART],
        _strategies: DynArray[address, MAX_STRATEGIES],
        _futureBlock: uint32,
    ) -> DynArray[DynArray[uint256, MAX_STRATEGIES], PART]: view

interface KeyRegistrar:
    def getOperatorSetCurveType(_operatorSet: operator_tables.OperatorSet) -> uint8: view
    def getBN254Key(
        _operatorSet: operator_tables.OperatorSet, _operator: address
    ) -> (bn254.G1Point, bn254.G2Point): view

interface CertificateVerifier:
    def latestReferenceTimestamp(_operatorSet: operator_tables.OperatorSet) -> uint32: view
    def updateOperatorTable(
        _operatorSet: operator_tables.OperatorSet,
        _referenceTimestamp: uint32,
        _operatorSetInfo: operator_tables.BN254OperatorSetInfo,
        _operatorSetConfig: operator_tables.OperatorSetConfig,
    ): nonpayable

event GenerationReservationCreated:
    operatorSet: operator_tables.OperatorSet

event GenerationReservationRemoved:
    operatorSet: operator_tables.OperatorSet

event OperatorTableCalculatorSet:
    operatorSet: operator_tables.OperatorSet
    operatorTableCalculator: address

event OperatorTableCalculatorRemoved:
    operatorSet: operator_tables.OperatorSet

event OperatorSetConfigSet:
    operatorSet: operator_tables.OperatorSet
    config: operator_tables.OperatorSetConfig

event OperatorSetConfigRemoved:
    operatorSet: operator_tables.OperatorSet

event StrategyMultipliersUpdated:
    operatorSet: operator_tables.OperatorSet
    strategies: DynArray[address, MAX_STRATEGIES]
    multipliers: DynArray[uint256, MAX_STRATEGIES]

version: public(constant(String[5])) = "1.0.0"
WAD: constant(uint256) = 10**18
# Far more than any share is worth, and little enough that no sum overflows.
MOST_MULTIPLIER: constant(uint256) = 10**36
BN254: constant(uint8) = 2

permissionController: public(immutable(address))
allocationManager: public(immutable(address))
keyRegistrar: public(immutable(address))
certificateVerifier: public(immutable(address))
# Blocks for which the stake of a table must stay slashable at least.
lookahead: public(immutable(uint32))

# By set (see operator_tables).
is_reserved: HashMap[bytes32, bool]
configs: HashMap[bytes32, operator_tables.OperatorSetConfig]
# One more than the multiplier; zero where the service has set none.
multipliers: HashMap[bytes32, HashMap[address, uint256]]
# By who makes it, and by set.
drafts: HashMap[address, HashMap[bytes32, Draft]]


@deploy
def __init__(
    _permissionController: address,
    _allocationManager: address,
    _keyRegistrar: address,
    _lookahead: uint32,
    _verifierCode: Bytes[MAX_CODE],
):
    """
    @param _lookahead Blocks, no more than it takes to get stake out of a set.
    @param _verifierCode The creation code of CertificateVerifier, which takes tables from here alone.
    """
    permissionController = _permissionController
    allocationManager = _allocationManager
    keyRegistrar = _keyRegistrar
    lookahead = _lookahead
    certificateVerifier = raw_create(_verifierCode, self)


# What the service decides


@external
def createGenerationReservation(
    _operatorSet: operator_tables.OperatorSet,
    _operatorTableCalculator: address,
    _config: operator_tables.OperatorSetConfig,
):
    """
    @notice Lets tables of a set be made from now on. For its service.
    @param _operatorTableCalculator This contract.
    @param _config Who owns the set, and for how many seconds a table counts: zero for ever.
    """
    self._check_can_call(_operatorSet.avs)
    key: bytes32 = operator_tables._key_of(_operatorSet)
    if self.is_reserved[key]:
        raw_revert(method_id("GenerationReservationAlreadyExists()"))
    if not staticcall AllocationManager(allocationManager).isOperatorSet(_operatorSet):
        raw_revert(method_id("InvalidOperatorSet()"))
    if staticcall KeyRegistrar(keyRegistrar).getOperatorSetCurveType(_operatorSet) != BN254:
        raw_revert(method_id("KeyTypeNotSet()"))
    if _operatorTableCalculator != self:
        raw_revert(method_id("OperatorTables_OtherCalculator()"))
    self.is_reserved[key] = True
    self.configs[key] = _config
    log GenerationReservationCreated(operatorSet=_operatorSet)
    log OperatorTableCalculatorSet(operatorSet=_operatorSet, operatorTableCalculator=self)
    log OperatorSetConfigSet(operatorSet=_operatorSet, config=_config)


@external
def removeGenerationReservation(_operatorSet: operator_tables.OperatorSet):
    """
    @notice Lets no more tables of a set be made. For its service. Those that are there count for as long as they do.
    """
    self._check_can_call(_operatorSet.avs)
    key: bytes32 = operator_tables._key_of(_operatorSet)
    self._check_reserved(key)
    self.is_reserved[key] = False
    self.configs[key] = empty(operator_tables.OperatorSetConfig)
    log OperatorTableCalculatorRemoved(operatorSet=_operatorSet)
    log OperatorSetConfigRemoved(operatorSet=_operatorSet)
    log GenerationReservationRemoved(operatorSet=_operatorSet)


@external
def setOperatorSetConfig(
    _operatorSet: operator_tables.OperatorSet, _config: operator_tables.OperatorSetConfig
):
    """
    @notice Changes the owner and the time for which tables count, from the next table on. For the set's service.
    """
    self._check_can_call(_operatorSet.avs)
    key: bytes32 = operator_tables._key_of(_operatorSet)
    self._check_reserved(key)
    self.configs[key] = _config
    log OperatorSetConfigSet(operatorSet=_operatorSet, config=_config)


@external
def setStrategyMultipliers(
    _operatorSet: operator_tables.OperatorSet,
    _strategies: DynArray[address, MAX_STRATEGIES],
    _multipliers: DynArray[uint256, MAX_STRATEGIES],
):
    """
    @notice Says what shares of strategies weigh in a set's tables, from the next on. For its service.
    @param _multipliers What 10**18 shares weigh: 10**18 where nothing is said.
    """
    self._check_can_call(_operatorSet.avs)
    if len(_strategies) != len(_multipliers):
        raw_revert(method_id("ArrayLengthMismatch()"))
    key: bytes32 = operator_tables._key_of(_operatorSet)
    for index: uint256 in range(len(_strategies), bound=MAX_STRATEGIES):
        if _multipliers[index] > MOST_MULTIPLIER:
            raw_revert(method_id("OperatorTables_MultiplierTooLarge()"))
        self.multipliers[key][_strategies[index]] = _multipliers[index] + 1
    log StrategyMultipliersUpdated(operatorSet=_operatorSet, strategies=_strategies, multipliers=_multipliers)


@external
@view
def getStrategyMultiplier(_operatorSet: operator_tables.OperatorSet, _strategy: address) -> uint256:
    """
    @notice What 10**18 shares of a strategy weigh in a set's tables.
    """
    return self._multiplier(operator_tables._key_of(_operatorSet), _strategy)


@external
@view
def hasActiveGenerationReservation(_operatorSet: operator_tables.OperatorSet) -> bool:
    """
    @notice Whether tables of a set can be made.
    """
    return self.is_reserved[operator_tables._key_of(_operatorSet)]


@external
@view
def getOperatorTableCalculator(_operatorSet: operator_tables.OperatorSet) -> address:
    """
    @notice This contract for a set that has tables, zero for others.
    """
    if self.is_reserved[operator_tables._key_of(_operatorSet)]:
        return self
    return empty(address)


@external
@view
def getOperatorSetConfig(_operatorSet: operator_tables.OperatorSet) -> operator_tables.OperatorSetConfig:
    """
    @notice The owner of a set, and the seconds for which its tables count.
    """
    return self.configs[operator_tables._key_of(_operatorSet)]


# Tables


@external
def snapshot(_operatorSet: operator_tables.OperatorSet) -> uint32:
    """
    @notice Brings the table of now to the verifier. Anybody may, once a second for each set.
    @return The time of the table: what certificates name it by.
    """
    self._check_now(_operatorSet)
    return self._bring(_operatorSet, self._table(_operatorSet))


@external
def snapshotPart(_operatorSet: operator_tables.OperatorSet, _most: uint256) -> uint32:
    """
    @notice The same for a set that is too large for one transaction: looks at some operators more, and brings the table when
            it has seen all. The parts must be in one block, so that the table is of one moment. Who makes it has a draft
            of his own; it begins anew where the block is another, or the set has other members.
    @param _most How many operators to look at.
    @return The time of the table, or zero where there are more parts to come.
    """
    self._check_now(_operatorSet)
    key: bytes32 = operator_tables._key_of(_operatorSet)
    members: DynArray[address, MAX_OPERATORS] = self._members(_operatorSet)
    hash: bytes32 = keccak256(abi_encode(members))
    draft: Draft = self.drafts[msg.sender][key]
    if draft.number != block.number or draft.members != hash:
        draft = empty(Draft)
        draft.number = block.number
        draft.members = hash
    last: uint256 = len(members)
    if _most < last - draft.seen:
        last = draft.seen + _most
    entries: DynArray[Entry, MAX_OPERATORS] = self._entries(_operatorSet, members, draft.seen, last)
    draft = self._extended(draft, entries)
    draft.seen = last
    if last < len(members):
        self.drafts[msg.sender][key] = draft
        return 0
    self.drafts[msg.sender][key] = empty(Draft)
    return self._bring(_operatorSet, self._finished(draft))


@internal
@view
def _check_now(operator_set: operator_tables.OperatorSet):
    self._check_reserved(operator_tables._key_of(operator_set))
    latest: uint32 = staticcall CertificateVerifier(certificateVerifier).latestReferenceTimestamp(operator_set)
    if convert(latest, uint256) >= block.timestamp:
        raw_revert(method_id("OperatorTables_TableOfNowIsThere()"))


@internal
def _bring(operator_set: operator_tables.OperatorSet, info: operator_tables.BN254OperatorSetInfo) -> uint32:
    now: uint32 = convert(block.timestamp, uint32)
    extcall CertificateVerifier(certificateVerifier).updateOperatorTable(
        operator_set, now, info, self.configs[operator_tables._key_of(operator_set)]
    )
    return now


@external
@view
def calculateOperatorTable(_operatorSet: operator_tables.OperatorSet) -> operator_tables.BN254OperatorSetInfo:
    """
    @notice The table of now.
    """
    return self._table(_operatorSet)


@external
@view
def calculateOperatorTableBytes(_operatorSet: operator_tables.OperatorSet) -> Bytes[512]:
    """
    @notice The table of now, ABI-encoded.
    """
    return abi_encode(self._table(_operatorSet))


@external
@view
def getOperatorSetWeights(
    _operatorSet: operator_tables.OperatorSet
) -> (DynArray[address, MAX_OPERATORS], DynArray[DynArray[uint256, 1], MAX_OPERATORS]):
    """
    @notice The operators of the table of now, in its order, and their weights.
    """
    operators: DynArray[address, MAX_OPERATORS] = []
    weights: DynArray[DynArray[uint256, 1], MAX_OPERATORS] = []
    entries: DynArray[Entry, MAX_OPERATORS] = self._all(_operatorSet)
    for entry: Entry in entries:
        operators.append(entry.operator)
        weights.append([entry.weight])
    return operators, weights


@external
@view
def getOperatorWeights(_operatorSet: operator_tables.OperatorSet, _operator: address) -> DynArray[uint256, 1]:
    """
    @notice The weight of an operator in the table of now; nothing where it is not in it.
    """
    entries: DynArray[Entry, MAX_OPERATORS] = self._all(_operatorSet)
    for entry: Entry in entries:
        if entry.operator == _operator:
            return [entry.weight]
    return []


@external
@view
def getOperatorInfos(
    _operatorSet: operator_tables.OperatorSet
) -> DynArray[operator_tables.BN254OperatorInfo, MAX_OPERATORS]:
    """
    @notice The leaves of the table of now, in its order: what the proof of an operator that does not sign is made of.
    """
    infos: DynArray[operator_tables.BN254OperatorInfo, MAX_OPERATORS] = []
    entries: DynArray[Entry, MAX_OPERATORS] = self._all(_operatorSet)
    for entry: Entry in entries:
        infos.append(operator_tables.BN254OperatorInfo(pubkey=entry.key, weights=[entry.weight]))
    return infos


@external
@view
def getOperatorIndex(_operatorSet: operator_tables.OperatorSet, _operator: address) -> uint32:
    """
    @notice Where an operator stands in the table of now.
    """
    index: uint32 = 0
    entries: DynArray[Entry, MAX_OPERATORS] = self._all(_operatorSet)
    for entry: Entry in entries:
        if entry.operator == _operator:
            return index
        index += 1
    raw_revert(method_id("OperatorTables_NotInTheTable()"))


@internal
@view
def _members(operator_set: operator_tables.OperatorSet) -> DynArray[address, MAX_OPERATORS]:
    if staticcall AllocationManager(allocationManager).getMemberCount(operator_set) > MAX_OPERATORS:
        raw_revert(method_id("OperatorTables_TooManyOperators()"))
    return staticcall AllocationManager(allocationManager).getMembers(operator_set)


@internal
@view
def _all(operator_set: operator_tables.OperatorSet) -> DynArray[Entry, MAX_OPERATORS]:
    members: DynArray[address, MAX_OPERATORS] = self._members(operator_set)
    return self._entries(operator_set, members, 0, len(members))


@internal
@view
def _entries(
    operator_set: operator_tables.OperatorSet, members: DynArray[address, MAX_OPERATORS], first: uint256, last: uint256
) -> DynArray[Entry, MAX_OPERATORS]:
    """
    @dev Of some of the members, those that belong in the table.
    """
    strategies: DynArray[address, MAX_STRATEGIES] = staticcall AllocationManager(
        allocationManager
    ).getStrategiesInOperatorSet(operator_set)
    key: bytes32 = operator_tables._key_of(operator_set)
    multipliers: DynArray[uint256, MAX_STRATEGIES] = []
    for strategy: address in strategies:
        multipliers.append(self._multiplier(key, strategy))

    entries: DynArray[Entry, MAX_OPERATORS] = []
    for part: uint256 in range(MAX_OPERATORS // PART):
        start: uint256 = first + part * PART
        if start >= last:
            break
        operators: DynArray[address, PART] = []
        for index: uint256 in range(start, min(start + PART, last), bound=PART):
            operators.append(members[index])
        stakes: DynArray[DynArray[uint256, MAX_STRATEGIES], PART] = staticcall AllocationManager(
            allocationManager
        ).getMinimumSlashableStake(
            operator_set, operators, strategies, convert(block.number + convert(lookahead, uint256), uint32)
        )
        for index: uint256 in range(len(operators), bound=PART):
            weight: uint256 = 0
            for kind: uint256 in range(len(strategies), bound=MAX_STRATEGIES):
                weight += stakes[index][kind] * multipliers[kind] // WAD
            if weight == 0:
                continue
            pubkey: bn254.G1Point = empty(bn254.G1Point)
            pubkey_g2: bn254.G2Point = empty(bn254.G2Point)
            pubkey, pubkey_g2 = staticcall KeyRegistrar(keyRegistrar).getBN254Key(operator_set, operators[index])
            if not bn254._is_zero(pubkey):
                entries.append(Entry(operator=operators[index], key=pubkey, weight=weight))
    return entries


@internal
@view
def _table(operator_set: operator_tables.OperatorSet) -> operator_tables.BN254OperatorSetInfo:
    entries: DynArray[Entry, MAX_OPERATORS] = self._all(operator_set)
    return self._finished(self._extended(empty(Draft), entries))


@internal
@view
def _extended(draft: Draft, entries: DynArray[Entry, MAX_OPERATORS]) -> Draft:
    extended: Draft = draft
    for entry: Entry in entries:
        leaf: bytes32 = operator_tables._leaf(
            operator_tables.BN254OperatorInfo(pubkey=entry.key, weights=[entry.weight])
        )
        extended.tree = operator_tables._grown(extended.tree, leaf)
        extended.key = bn254._add(extended.key, entry.key)
        extended.total += entry.weight
    return extended


@internal
@pure
def _finished(draft: Draft) -> operator_tables.BN254OperatorSetInfo:
    return operator_tables.BN254OperatorSetInfo(
        operatorInfoTreeRoot=operator_tables._root(draft.tree),
        numOperators=draft.tree.count,
        aggregatePubkey=draft.key,
        totalWeights=[draft.total],
    )


@internal
@view
def _multiplier(key: bytes32, strategy: address) -> uint256:
    stored: uint256 = self.multipliers[key][strategy]
    return WAD if stored == 0 else stored - 1


@internal
@view
def _check_reserved(key: bytes32):
    if not self.is_reserved[key]:
        raw_revert(method_id("GenerationReservationDoesNotExist()"))


@internal
@view
def _check_can_call(account: address):
    """
    @dev The account itself, or whom it has appointed for the function that is called.
    """
    if not staticcall PermissionController(permissionController).canCall(
        account, msg.sender, self, convert(slice(msg.data, 0, 4), bytes4)
    ):
        raw_revert(method_id("InvalidPermissions()"))
