# pragma version 0.4.3
# pragma optimize codesize
"""
@title ServiceManager
@notice The service that restaked operators opt in to: an operator set for each rollup, its quorum, how much its stake may
        answer for, and what is lost by those who lie.
@dev To the restaking contracts it is the AVS, the registrar of its sets and their slasher. It works with EigenLayer's
     contracts and with Mayfly's own (RestakingCore), by the addresses that it is made with and nothing else.

     Nobody can slash by his word: not the timelock, not a rollup's owner. A slash takes two values signed by one operator for
     one place of one rollup, or an output that it has signed where another one is final, checked here. What is final the
     rollup's registry says, with its windows, bonds and resolver: who may replace that (the timelock of the rollups) could
     convict anybody. It must take longer for that than operators need to leave.

     What operators sign names the chain of L1, this contract and the rollup, so that it means nothing to any other. An
     operator's certificate digest adds the time of a stake table, which makes no difference here: two values at one place
     are two, whatever the tables.
"""

from interfaces import IFinalityModule
from interfaces import IServiceManager
from modules import attestations
from modules import operator_tables
from modules import owned
from modules import paid_ahead

implements: IServiceManager

initializes: attestations
initializes: owned
initializes: paid_ahead
exports: (attestations.ATTESTATION_TYPEHASH, attestations.keyRegistrar, attestations.certificateVerifier)
exports: (owned.owner, owned.transferOwnership)
exports: (
    paid_ahead.tokenWeight,
    paid_ahead.capFactor,
    paid_ahead.capWindow,
    paid_ahead.alertBond,
    paid_ahead.alerts,
    paid_ahead.openAlerts,
    paid_ahead.credit,
    paid_ahead.endAlert,
    paid_ahead.claimCredit,
)

MAX_STRATEGIES: constant(uint256) = 16
MAX_OPERATORS: constant(uint256) = 256
MAX_SETS: constant(uint256) = 32
MAX_URI: constant(uint256) = 1024

struct CreateSetParams:
    operatorSetId: uint32
    strategies: DynArray[address, MAX_STRATEGIES]
    slasher: address

struct DeregisterParams:
    operator: address
    avs: address
    operatorSetIds: DynArray[uint32, 1]

struct SlashingParams:
    operator: address
    operatorSetId: uint32
    strategies: DynArray[address, MAX_STRATEGIES]
    wadsToSlash: DynArray[uint256, MAX_STRATEGIES]
    description: String[64]

# What the restaking contracts' registry of tables wants to know of a set.
struct OperatorSetConfig:
    owner: address
    maxStalenessPeriod: uint32

struct Rollup:
    # Zero for a rollup that has no operator set.
    operatorSetId: uint32
    # Of all stake, in hundredths of a percent.
    quorum: uint16
    # What an operator's stake must be worth, as strategies are weighed.
    leastStake: uint256
    strategies: DynArray[address, MAX_STRATEGIES]

interface SystemConfig:
    def owner() -> address: view
    def l2ChainId() -> uint256: view
    def optimismPortal() -> address: view

interface Portal:
    def lifecycle() -> address: view

interface Lifecycle:
    def state() -> uint8: view

interface Registry:
    def isRegistered(_systemConfig: address) -> bool: view

interface CertifiedProposal:
    def certificate() -> (address, uint32, uint256): view

interface AllocationManager:
    def getMemberCount(_set: operator_tables.OperatorSet) -> uint256: view
    def updateAVSMetadataURI(_avs: address, _uri: String[MAX_URI]): nonpayable
    def createOperatorSets(_avs: address, _params: DynArray[CreateSetParams, 1]): nonpayable
    def createRedistributingOperatorSets(
        _avs: address, _params: DynArray[CreateSetParams, 1], _recipients: DynArray[address, 1]
    ): nonpayable
    def deregisterFromOperatorSets(_params: DeregisterParams): nonpayable
    def slashOperator(_avs: address, _params: SlashingParams) -> (uint256, DynArray[uint256, MAX_STRATEGIES]): nonpayable
    def isMemberOfOperatorSet(_operator: address, _set: operator_tables.OperatorSet) -> bool: view
    def getMinimumSlashableStake(
        _set: operator_tables.OperatorSet,
        _operators: DynArray[address, 1],
        _strategies: DynArray[address, MAX_STRATEGIES],
        _futureBlock: uint32,
    ) -> DynArray[DynArray[uint256, MAX_STRATEGIES], 1]: view

interface TableCalculator:
    def setStrategyMultipliers(
        _set: operator_tables.OperatorSet,
        _strategies: DynArray[address, MAX_STRATEGIES],
        _multipliers: DynArray[uint256, MAX_STRATEGIES],
    ): nonpayable

interface CrossChainRegistry:
    def createGenerationReservation(_set: operator_tables.OperatorSet, _calculator: address, _config: OperatorSetConfig): nonpayable

event RollupAdded:
    systemConfig: indexed(address)
    operatorSetId: indexed(uint32)
    quorum: uint16
    leastStake: uint256
    strategies: DynArray[address, MAX_STRATEGIES]

event StrategyWeighed:
    strategy: indexed(address)
    weight: uint256

event OutputCertified:
    systemConfig: indexed(address)
    number: indexed(uint64)
    outputRoot: bytes32

event DoubleSigned:
    systemConfig: indexed(address)
    operator: indexed(address)
    kind: uint8
    number: uint64
    index: uint64
    first: bytes32
    second: bytes32

event FalseOutputSigned:
    systemConfig: indexed(address)
    operator: indexed(address)
    number: uint64
    outputRoot: bytes32

event Ejected:
    systemConfig: indexed(address)
    operator: indexed(address)

event LimitsSet:
    leastQuorum: uint16
    slashedPart: uint256
    capFactor: uint256
    capWindow: uint256
    alertBond: uint256

version: public(constant(String[5])) = "1.0.0"
WAD: constant(uint256) = 10**18
# Far more than any share is worth; what makes tables takes no more.
MOST_WEIGHT: constant(uint256) = 10**36
WHOLE: constant(uint16) = 10_000
# With less than two thirds, two quorums could share no honest stake.
FLOOR_OF_QUORUM: constant(uint16) = 6_667
# Lifecycle's number of a rollup that is not ending.
ACTIVE: constant(uint8) = 0
# KeyRegistrar's number of the curve.
BN254: constant(uint8) = 2
registry: public(immutable(address))
allocationManager: public(immutable(address))
# Who has stake tables made for the verifier, and who counts what is in them.
crossChainRegistry: public(immutable(address))
tableCalculator: public(immutable(address))
# Seconds for which a stake table counts, and for which the stake in it stays slashable from its time on.
tableAge: public(immutable(uint256))
slashableTime: public(immutable(uint256))
# Who gets what is slashed; zero where it is burnt.
slashedFundsRecipient: public(immutable(address))

ROLLUPS: HashMap[address, Rollup]
operatorSetCount: public(uint32)
# The rollup's SystemConfig of a set.
rollupOf: public(HashMap[uint32, address])
# What 10**18 shares of a strategy are worth, in wei; zero for one that no rollup may take.
strategyWeight: public(HashMap[address, uint256])
leastQuorum: public(uint16)
# Of what an operator has allocated to the set, in parts of 10**18.
slashedPart: public(uint256)
# Seconds: stake tables up to then count no more for the cap.
tablesVoidUntil: public(HashMap[uint32, uint256])
isPunished: HashMap[bytes32, bool]
# By set and operator: seconds; what was said of an earlier membership stays while there is a new one.
leftAt: HashMap[uint32, HashMap[address, uint256]]


@deploy
def __init__(
    _registry: address,
    _allocationManager: address,
    _keyRegistrar: address,
    _certificateVerifier: address,
    _crossChainRegistry: address,
    _tableCalculator: address,
    _tableAge: uint256,
    _slashableTime: uint256,
    _slashedFundsRecipient: address,
    _owner: address,
    _metadataURI: String[MAX_URI],
):
    """
    @param _registry The L1's RollupRegistry.
    @param _tableAge Seconds for which a stake table counts.
    @param _slashableTime Seconds for which stake in a table stays slashable: what tables look ahead, as L1's blocks come.
    @param _slashedFundsRecipient Who gets what is slashed, for ever; zero for nobody: it is burnt.
    @param _owner The timelock.
    @param _metadataURI Where the service is described, as the restaking contracts want it of an AVS.
    """
    assert _owner != empty(address), "ServiceManager: the owner is zero"
    registry = _registry
    allocationManager = _allocationManager
    attestations.__init__(_keyRegistrar, _certificateVerifier)
    crossChainRegistry = _crossChainRegistry
    tableCalculator = _tableCalculator
    tableAge = _tableAge
    slashableTime = _slashableTime
    slashedFundsRecipient = _slashedFundsRecipient
    owned._transfer(_owner)
    self._set_limits(FLOOR_OF_QUORUM, WAD, WAD // 2, 1_209_600, WAD)
    extcall AllocationManager(_allocationManager).updateAVSMetadataURI(self, _metadataURI)


# What governance decides


@external
def setLimits(
    _leastQuorum: uint16, _slashedPart: uint256, _capFactor: uint256, _capWindow: uint256, _alertBond: uint256
):
    """
    @notice Sets what holds of all rollups.
    @param _leastQuorum The least quorum of rollups to come, in hundredths of a percent: 6667 or more.
    @param _slashedPart What double signing costs, in parts of 10**18 of what is allocated to the set.
    @param _capFactor What may be paid ahead, in parts of 10**18 of the stake: 10**18 at most.
    @param _capWindow Seconds for which what was paid ahead counts: as long as an output can turn out to be false, or more. It
           stays what it is once there is a rollup.
    @param _alertBond What an alert takes, in wei.
    """
    owned._check()
    self._set_limits(_leastQuorum, _slashedPart, _capFactor, _capWindow, _alertBond)


@internal
def _set_limits(
    least_quorum: uint16, slashed_part: uint256, cap_factor: uint256, cap_window: uint256, alert_bond: uint256
):
    if least_quorum < FLOOR_OF_QUORUM or least_quorum > WHOLE:
        raw_revert(method_id("ServiceManager_QuorumOutOfRange()"))
    if slashed_part == 0 or slashed_part > WAD:
        raw_revert(method_id("ServiceManager_LimitOutOfRange()"))
    # A quorum must lose more than it can take.
    if cap_factor > slashed_part * convert(least_quorum, uint256) // convert(WHOLE, uint256):
        raw_revert(method_id("ServiceManager_LimitOutOfRange()"))
    self.leastQuorum = least_quorum
    self.slashedPart = slashed_part
    paid_ahead._set_limits(cap_factor, cap_window, alert_bond, self.operatorSetCount != 0)
    log LimitsSet(
        leastQuorum=least_quorum,
        slashedPart=slashed_part,
        capFactor=cap_factor,
        capWindow=cap_window,
        alertBond=alert_bond,
    )


@external
def weighStrategy(_strategy: address, _weight: uint256):
    """
    @notice Says what 10**18 shares of a strategy are worth, in wei. Zero keeps it from rollups to come; it weighs nothing for
            those that have it. Stake tables weigh by it after `weigh`.
    """
    owned._check()
    if _weight > MOST_WEIGHT:
        raw_revert(method_id("ServiceManager_LimitOutOfRange()"))
    self.strategyWeight[_strategy] = _weight
    log StrategyWeighed(strategy=_strategy, weight=_weight)


@external
def weighToken(_token: address, _weight: uint256):
    """
    @notice Says what 10**18 units of a token of L1 are worth at most, in wei. Zero: its withdrawals are never paid ahead.
    """
    owned._check()
    paid_ahead._weigh(_token, _weight)


# A rollup comes in


@external
def addRollup(
    _systemConfig: address, _strategies: DynArray[address, MAX_STRATEGIES], _quorum: uint16, _leastStake: uint256
) -> uint32:
    """
    @notice Makes the operator set of a rollup, for its owner, once.
    @param _strategies What stake counts, in ascending order, each weighed by governance.
    @param _quorum Of all stake, in hundredths of a percent.
    @param _leastStake What an operator's stake must be worth in wei, so that nobody fills the set for nothing.
    @return The set's id.
    """
    if not staticcall Registry(registry).isRegistered(_systemConfig):
        raw_revert(method_id("ServiceManager_UnknownRollup()"))
    if msg.sender != staticcall SystemConfig(_systemConfig).owner():
        raw_revert(method_id("ServiceManager_NotTheRollupsOwner()"))
    if self.ROLLUPS[_systemConfig].operatorSetId != 0:
        raw_revert(method_id("ServiceManager_RollupIsThere()"))
    if _quorum < self.leastQuorum or _quorum > WHOLE:
        raw_revert(method_id("ServiceManager_QuorumOutOfRange()"))
    if _leastStake == 0 or len(_strategies) == 0:
        raw_revert(method_id("ServiceManager_StakeOfNothing()"))
    previous: address = empty(address)
    for strategy: address in _strategies:
        if convert(strategy, uint256) <= convert(previous, uint256):
            raw_revert(method_id("ServiceManager_StrategiesNotAscending()"))
        if self.strategyWeight[strategy] == 0:
            raw_revert(method_id("ServiceManager_StrategyNotWeighed()"))
        previous = strategy

    identifier: uint32 = self.operatorSetCount + 1
    self.operatorSetCount = identifier
    self.rollupOf[identifier] = _systemConfig
    self.ROLLUPS[_systemConfig] = Rollup(
        operatorSetId=identifier, quorum=_quorum, leastStake=_leastStake, strategies=_strategies
    )
    created: DynArray[CreateSetParams, 1] = [
        CreateSetParams(operatorSetId=identifier, strategies=_strategies, slasher=self)
    ]
    if slashedFundsRecipient == empty(address):
        extcall AllocationManager(allocationManager).createOperatorSets(self, created)
    else:
        extcall AllocationManager(allocationManager).createRedistributingOperatorSets(
            self, created, [slashedFundsRecipient]
        )
    extcall attestations.KeyRegistrar(attestations.keyRegistrar).configureOperatorSet(self._set(identifier), BN254)
    # Nobody needs to own a set: its terms stay as they are.
    extcall CrossChainRegistry(crossChainRegistry).createGenerationReservation(
        self._set(identifier),
        tableCalculator,
        OperatorSetConfig(owner=self, maxStalenessPeriod=convert(tableAge, uint32)),
    )
    self._weigh(_systemConfig)
    log RollupAdded(
        systemConfig=_systemConfig,
        operatorSetId=identifier,
        quorum=_quorum,
        leastStake=_leastStake,
        strategies=_strategies,
    )
    return identifier


@external
def weigh(_systemConfig: address):
    """
    @notice Has the next stake tables of a rollup weigh strategies as governance does now. Anybody may.
    """
    identifier: uint32 = self._set_of(_systemConfig)
    self._weigh(_systemConfig)


@internal
def _weigh(system_config: address):
    rollup: Rollup = self.ROLLUPS[system_config]
    weights: DynArray[uint256, MAX_STRATEGIES] = []
    for strategy: address in rollup.strategies:
        weights.append(self.strategyWeight[strategy])
    extcall TableCalculator(tableCalculator).setStrategyMultipliers(
        self._set(rollup.operatorSetId), rollup.strategies, weights
    )


@external
@view
def rollups(_systemConfig: address) -> Rollup:
    """
    @notice The terms of a rollup; all zeros for one that has no operator set.
    """
    return self.ROLLUPS[_systemConfig]


# Operators come and go (IAVSRegistrar)


@external
def registerOperator(_operator: address, _avs: address, _operatorSetIds: DynArray[uint32, MAX_SETS], _data: Bytes[1024]):
    """
    @notice Lets an operator in that has a key and the least stake in each set. For the AllocationManager.
    """
    self._check_allocation_manager(_avs)
    for identifier: uint32 in _operatorSetIds:
        if not staticcall attestations.KeyRegistrar(attestations.keyRegistrar).isRegistered(self._set(identifier), _operator):
            raw_revert(method_id("ServiceManager_NoKey()"))
        if not self._has_stake(identifier, _operator):
            raw_revert(method_id("ServiceManager_TooLittleStake()"))
        if staticcall AllocationManager(allocationManager).getMemberCount(self._set(identifier)) > MAX_OPERATORS:
            raw_revert(method_id("ServiceManager_SetIsFull()"))


@external
def deregisterOperator(_operator: address, _avs: address, _operatorSetIds: DynArray[uint32, MAX_SETS]):
    """
    @notice Lets an operator go: it stays slashable for as long as the restaking contracts say. For the AllocationManager.
    """
    self._check_allocation_manager(_avs)
    for identifier: uint32 in _operatorSetIds:
        self.leftAt[identifier][_operator] = block.timestamp


@external
@view
def supportsAVS(_avs: address) -> bool:
    return _avs == self


@internal
@view
def _check_allocation_manager(avs: address):
    if msg.sender != allocationManager or avs != self:
        raw_revert(method_id("ServiceManager_NotTheAllocationManager()"))


@external
def eject(_systemConfig: address, _operator: address):
    """
    @notice Takes an operator out of a rollup's set that has too little stake by now. Anybody may.
    """
    identifier: uint32 = self._set_of(_systemConfig)
    if self._has_stake(identifier, _operator):
        raw_revert(method_id("ServiceManager_EnoughStake()"))
    self._eject(identifier, _operator)


@internal
def _eject(identifier: uint32, operator: address):
    extcall AllocationManager(allocationManager).deregisterFromOperatorSets(
        DeregisterParams(operator=operator, avs=self, operatorSetIds=[identifier])
    )
    log Ejected(systemConfig=self.rollupOf[identifier], operator=operator)


@internal
@view
def _has_stake(identifier: uint32, operator: address) -> bool:
    rollup: Rollup = self.ROLLUPS[self.rollupOf[identifier]]
    stakes: DynArray[DynArray[uint256, MAX_STRATEGIES], 1] = staticcall AllocationManager(
        allocationManager
    ).getMinimumSlashableStake(
        self._set(identifier), [operator], rollup.strategies, convert(block.number, uint32)
    )
    worth: uint256 = 0
    for index: uint256 in range(len(rollup.strategies), bound=MAX_STRATEGIES):
        worth += stakes[0][index] * self.strategyWeight[rollup.strategies[index]] // WAD
    return worth >= rollup.leastStake


# What is signed


@external
@view
def attestation(_systemConfig: address, _kind: uint8, _number: uint64, _index: uint64, _value: bytes32) -> bytes32:
    """
    @notice The message hash of an attestation: what a certificate is of.
    @param _kind 1: the output root of a block; 2: a block's hash; 3: a part of a block that is still open.
    @param _number The block.
    @param _index The part; zero for the other kinds.
    """
    return attestations._attestation(_systemConfig, _kind, _number, _index, _value)


@external
def checkOutput(
    _systemConfig: address,
    _number: uint64,
    _outputRoot: bytes32,
    _convictionTime: uint256,
    _certificate: IServiceManager.Certificate,
) -> uint256:
    """
    @notice Reverts unless the certificate is of a quorum of the rollup's operators, for this output of this rollup, by the
            newest stake table, while its stake stays slashable for as long as a conviction takes.
    @param _convictionTime Seconds that another output takes at most to become final.
    @return Who of the table has not signed: bit N for the operator at N.
    """
    identifier: uint32 = self._set_of(_systemConfig)
    if _certificate.messageHash != attestations._attestation(_systemConfig, attestations.OUTPUT, _number, 0, _outputRoot):
        raw_revert(method_id("ServiceManager_OtherMessage()"))
    if _convictionTime + tableAge > slashableTime:
        raw_revert(method_id("ServiceManager_WindowsTooLong()"))
    table: uint32 = self._newest_table(identifier)
    if table == 0 or _certificate.referenceTimestamp != table:
        raw_revert(method_id("ServiceManager_TableVoid()"))
    # A verifier takes nobody's signature for everybody's where a table has no stake and no key.
    if self._stake_in(identifier, table) == 0 or _certificate.apk.X[0] | _certificate.apk.X[1] == 0:
        raw_revert(method_id("ServiceManager_NoQuorum()"))
    if not extcall attestations.CertificateVerifier(attestations.certificateVerifier).verifyCertificateProportion(
        self._set(identifier), _certificate, [self.ROLLUPS[_systemConfig].quorum]
    ):
        raw_revert(method_id("ServiceManager_NoQuorum()"))
    log OutputCertified(systemConfig=_systemConfig, number=_number, outputRoot=_outputRoot)
    non_signers: uint256 = 0
    for witness: IServiceManager.Witness in _certificate.nonSignerWitnesses:
        # A set has no more operators than bits: `registerOperator`.
        non_signers |= 1 << convert(witness.operatorIndex, uint256)
    return non_signers


# What is lost


@external
def slashDoubleSigning(
    _systemConfig: address,
    _operator: address,
    _kind: uint8,
    _number: uint64,
    _index: uint64,
    _first: attestations.Signed,
    _second: attestations.Signed,
):
    """
    @notice Slashes an operator that has signed two values at one place, and takes it out of the set. Anybody may; each place
            counts once. Who has left can be slashed for as long as its stake is held.
    """
    attestations._check_place(_kind, _index)
    if _first.value == _second.value:
        raw_revert(method_id("ServiceManager_OneValue()"))
    identifier: uint32 = self._set_of(_systemConfig)
    place: bytes32 = keccak256(abi_encode(identifier, _operator, _kind, _number, _index))
    if self.isPunished[place]:
        raw_revert(method_id("ServiceManager_AlreadyPunished()"))
    self.isPunished[place] = True

    for signed: attestations.Signed in [_first, _second]:
        attestations._check_signed(
            self._set(identifier),
            _operator,
            signed,
            attestations._attestation(_systemConfig, _kind, _number, _index, signed.value),
        )
    log DoubleSigned(
        systemConfig=_systemConfig,
        operator=_operator,
        kind=_kind,
        number=_number,
        index=_index,
        first=_first.value,
        second=_second.value,
    )
    self._slash(identifier, _operator, "two values signed at one place")


@external
def slashSignerOfFalseOutput(
    _systemConfig: address, _operator: address, _number: uint64, _signed: attestations.Signed, _finalGame: address
):
    """
    @notice Slashes an operator that has signed an output where another one is final, and takes it out of the set. Anybody may;
            each output counts once.
    @param _signed The false output, with the operator's own signature.
    @param _finalGame A proposal of another output of the same block, which is final.
    """
    identifier: uint32 = self._set_of(_systemConfig)
    self._check_false(_systemConfig, _number, _signed.value, _finalGame)
    attestations._check_signed(
        self._set(identifier),
        _operator,
        _signed,
        attestations._attestation(_systemConfig, attestations.OUTPUT, _number, 0, _signed.value),
    )
    self._slash_for_output(_systemConfig, identifier, _operator, _number, _signed.value)


@external
def slashCertifierOfFalseOutput(
    _systemConfig: address,
    _operator: address,
    _game: address,
    _witness: IServiceManager.Witness,
    _finalGame: address,
):
    """
    @notice Slashes one of those whose certificate a false output has, and takes it out of the set. Anybody may; each output
            counts once.
    @param _game The certified proposal.
    @param _witness The operator's place in the certificate's stake table.
    @param _finalGame A proposal of another output of the same block, which is final.
    """
    identifier: uint32 = self._set_of(_systemConfig)
    if not staticcall paid_ahead._anchors(_systemConfig).isGameRegistered(_game):
        raw_revert(method_id("ServiceManager_NotCertified()"))
    manager: address = empty(address)
    table: uint32 = 0
    non_signers: uint256 = 0
    manager, table, non_signers = staticcall CertifiedProposal(_game).certificate()
    if manager != self or table == 0:
        raw_revert(method_id("ServiceManager_NotCertified()"))
    number: uint64 = convert(staticcall IFinalityModule(_game).l2SequenceNumber(), uint64)
    output_root: bytes32 = staticcall IFinalityModule(_game).rootClaim()
    self._check_false(_systemConfig, number, output_root, _finalGame)
    attestations._check_listed(self._set(identifier), _operator, table, _witness)
    if (non_signers >> convert(_witness.operatorIndex, uint256)) & 1 == 1:
        raw_revert(method_id("ServiceManager_NotSigned()"))
    self._slash_for_output(_systemConfig, identifier, _operator, number, output_root)


@internal
@view
def _check_false(system_config: address, number: uint64, output_root: bytes32, final_game: address):
    """
    @notice Reverts unless another output of this block is final. Only what has passed the optimistic rule is: a certificate
            proves nothing against who did not sign it.
    """
    if not staticcall paid_ahead._anchors(system_config).isGameClaimValid(final_game):
        raw_revert(method_id("ServiceManager_NotFinal()"))
    if (
        staticcall IFinalityModule(final_game).l2SequenceNumber() != convert(number, uint256)
        or staticcall IFinalityModule(final_game).rootClaim() == output_root
    ):
        raw_revert(method_id("ServiceManager_OneValue()"))


@internal
def _slash_for_output(
    system_config: address, identifier: uint32, operator: address, number: uint64, output_root: bytes32
):
    offence: bytes32 = keccak256(abi_encode(identifier, operator, number, output_root))
    if self.isPunished[offence]:
        raw_revert(method_id("ServiceManager_AlreadyPunished()"))
    self.isPunished[offence] = True
    log FalseOutputSigned(systemConfig=system_config, operator=operator, number=number, outputRoot=output_root)
    self._slash(identifier, operator, "a false output signed")


@internal
def _slash(identifier: uint32, operator: address, description: String[64]):
    strategies: DynArray[address, MAX_STRATEGIES] = self.ROLLUPS[self.rollupOf[identifier]].strategies
    wads: DynArray[uint256, MAX_STRATEGIES] = []
    for strategy: address in strategies:
        wads.append(self.slashedPart)
    # Tables from when it was a member hold the stake that is lost now.
    is_member: bool = staticcall AllocationManager(allocationManager).isMemberOfOperatorSet(
        operator, self._set(identifier)
    )
    void_until: uint256 = block.timestamp if is_member else self.leftAt[identifier][operator]
    self.tablesVoidUntil[identifier] = max(self.tablesVoidUntil[identifier], void_until)
    extcall AllocationManager(allocationManager).slashOperator(
        self,
        SlashingParams(
            operator=operator,
            operatorSetId=identifier,
            strategies=strategies,
            wadsToSlash=wads,
            description=description,
        ),
    )
    if is_member:
        # A slash does not wait for what lets operators go.
        is_out: bool = raw_call(
            allocationManager,
            abi_encode(
                DeregisterParams(operator=operator, avs=self, operatorSetIds=[identifier]),
                method_id=method_id("deregisterFromOperatorSets((address,address,uint32[]))"),
            ),
            revert_on_failure=False,
        )
        if is_out:
            log Ejected(systemConfig=self.rollupOf[identifier], operator=operator)


# How much the stake answers for


@external
def charge(_systemConfig: address, _target: address, _amount: uint256, _data: Bytes[1024]):
    """
    @notice Takes a withdrawal's worth from what a rollup may still pay ahead of the optimistic rule, or reverts. For the
            rollup's portal.
    @dev A false output could hold any message of any sender. So what counts is ETH that is sent without a call, and what the
         standard bridges send: ETH, and tokens that governance has weighed. All else waits.
    """
    if msg.sender != staticcall SystemConfig(_systemConfig).optimismPortal():
        raw_revert(method_id("ServiceManager_NotThePortal()"))
    # Nothing that is proposed now is sure to be decided before a rollup's end.
    if staticcall Lifecycle(staticcall Portal(msg.sender).lifecycle()).state() != ACTIVE:
        raw_revert(method_id("ServiceManager_RollupEnds()"))
    identifier: uint32 = self._set_of(_systemConfig)
    paid_ahead._charge(_systemConfig, identifier, self._cap(identifier), _target, _amount, _data)


@external
@payable
def raiseAlert(_systemConfig: address, _game: address):
    """
    @notice Says, with the bond, that a certified output is false. Nothing is paid ahead on the rollup until the proposal is
            decided: the bond comes back where it was false, and is burnt where it becomes final.
    """
    paid_ahead._raise(_systemConfig, self._set_of(_systemConfig), _game)


@external
@view
def cap(_systemConfig: address) -> uint256:
    """
    @notice What a rollup's stake answers for, in wei: nothing without a stake table that counts.
    """
    return self._cap(self._set_of(_systemConfig))


@external
@view
def outstanding(_systemConfig: address) -> uint256:
    """
    @notice What was paid ahead in this window and the one before, in wei.
    """
    return paid_ahead._outstanding(self._set_of(_systemConfig))


@internal
@view
def _cap(identifier: uint32) -> uint256:
    table: uint32 = self._newest_table(identifier)
    if table == 0:
        return 0
    return self._stake_in(identifier, table) * paid_ahead.capFactor // WAD


@internal
@view
def _newest_table(identifier: uint32) -> uint32:
    """
    @notice The time of the newest stake table, or zero where it is too old or from before a slash.
    """
    table: uint32 = staticcall attestations.CertificateVerifier(
        attestations.certificateVerifier
    ).latestReferenceTimestamp(self._set(identifier))
    at: uint256 = convert(table, uint256)
    if at <= self.tablesVoidUntil[identifier] or block.timestamp > at + tableAge:
        return 0
    return table


@internal
@view
def _stake_in(identifier: uint32, table: uint32) -> uint256:
    weights: DynArray[uint256, 4] = staticcall attestations.CertificateVerifier(
        attestations.certificateVerifier
    ).getTotalStakeWeights(self._set(identifier), table)
    return weights[0] if len(weights) == 1 else 0


@internal
@view
def _set(identifier: uint32) -> operator_tables.OperatorSet:
    return operator_tables.OperatorSet(avs=self, id=identifier)


@internal
@view
def _set_of(system_config: address) -> uint32:
    identifier: uint32 = self.ROLLUPS[system_config].operatorSetId
    if identifier == 0:
        raw_revert(method_id("ServiceManager_UnknownRollup()"))
    return identifier
