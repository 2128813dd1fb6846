# pragma version 0.4.3
# pragma optimize codesize
"""
@title AllocationManager
@notice Operator sets of services (AVSs), what part of their stake operators put at each set's disposal, and slashing.
        EigenLayer's ABI.
@dev An operator's magnitude of a strategy begins at 10^18 and only falls, by slashing. Of it he allocates parts to operator
     sets; what is allocated anywhere (the encumbered magnitude) never exceeds it. An allocation counts from the operator's
     own delay on, a deallocation of a slashable allocation only after DEALLOCATION_DELAY, and until then both can be
     slashed as they were. Who leaves a set stays slashable as long. A slash takes a part of the allocation to that set and
     no more, so that no service can take what another was promised.

     Functions that Vyper cannot have, since it has one of a name, are in __default__: createOperatorSets and
     createRedistributingOperatorSets with a slasher for each set, and getMaxMagnitudes of many operators.
"""

from modules import histories
from modules import keyed_sets
from modules import operator_sets

initializes: histories
initializes: keyed_sets

interface Registrar:
    def registerOperator(
        operator: address, avs: address, operatorSetIds: DynArray[uint32, MOST_SETS], data: Bytes[LONGEST_DATA]
    ): nonpayable
    def deregisterOperator(operator: address, avs: address, operatorSetIds: DynArray[uint32, MOST_SETS]): nonpayable
    def supportsAVS(avs: address) -> bool: view

interface Delegation:
    def isOperator(operator: address) -> bool: view
    def getOperatorShares(
        operator: address, strategies: DynArray[address, MOST_STRATEGIES]
    ) -> DynArray[uint256, MOST_STRATEGIES]: view
    def slashOperatorShares(
        operator: address,
        operatorSet: operator_sets.OperatorSet,
        slashId: uint256,
        strategy: address,
        prevMaxMagnitude: uint64,
        newMaxMagnitude: uint64,
    ) -> uint256: nonpayable

struct Allocation:
    currentMagnitude: uint64
    pendingDiff: int128
    effectBlock: uint32

struct SlasherParams:
    slasher: address
    pendingSlasher: address
    effectBlock: uint32

struct AllocationDelayInfo:
    delay: uint32
    isSet: bool
    pendingDelay: uint32
    effectBlock: uint32

struct RegistrationStatus:
    registered: bool
    slashableUntil: uint32

struct StrategyInfo:
    maxMagnitude: uint64
    encumberedMagnitude: uint64

struct SlashingParams:
    operator: address
    operatorSetId: uint32
    strategies: DynArray[address, MOST_STRATEGIES]
    wadsToSlash: DynArray[uint256, MOST_STRATEGIES]
    description: String[LONGEST_DATA]

struct AllocateParams:
    operatorSet: operator_sets.OperatorSet
    strategies: DynArray[address, MOST_STRATEGIES]
    newMagnitudes: DynArray[uint64, MOST_STRATEGIES]

struct RegisterParams:
    avs: address
    operatorSetIds: DynArray[uint32, MOST_SETS]
    data: Bytes[LONGEST_DATA]

struct DeregisterParams:
    operator: address
    avs: address
    operatorSetIds: DynArray[uint32, MOST_SETS]

struct CreateSetParams:
    operatorSetId: uint32
    strategies: DynArray[address, MOST_STRATEGIES]

event AllocationDelaySet:
    operator: address
    delay: uint32
    effectBlock: uint32

event SlasherUpdated:
    operatorSet: operator_sets.OperatorSet
    slasher: address
    effectBlock: uint32

event AllocationUpdated:
    operator: address
    operatorSet: operator_sets.OperatorSet
    strategy: address
    magnitude: uint64
    effectBlock: uint32

event EncumberedMagnitudeUpdated:
    operator: address
    strategy: address
    encumberedMagnitude: uint64

event MaxMagnitudeUpdated:
    operator: address
    strategy: address
    maxMagnitude: uint64

event OperatorSlashed:
    operator: address
    operatorSet: operator_sets.OperatorSet
    strategies: DynArray[address, MOST_STRATEGIES]
    wadSlashed: DynArray[uint256, MOST_STRATEGIES]
    description: String[LONGEST_DATA]

event AVSRegistrarSet:
    avs: address
    registrar: address

event AVSMetadataURIUpdated:
    avs: indexed(address)
    metadataURI: String[LONGEST_DATA]

event OperatorSetCreated:
    operatorSet: operator_sets.OperatorSet

event OperatorAddedToOperatorSet:
    operator: indexed(address)
    operatorSet: operator_sets.OperatorSet

event OperatorRemovedFromOperatorSet:
    operator: indexed(address)
    operatorSet: operator_sets.OperatorSet

event RedistributionAddressSet:
    operatorSet: operator_sets.OperatorSet
    redistributionRecipient: address

event StrategyAddedToOperatorSet:
    operatorSet: operator_sets.OperatorSet
    strategy: address

event StrategyRemovedFromOperatorSet:
    operatorSet: operator_sets.OperatorSet
    strategy: address

version: public(constant(String[5])) = "1.0.0"
WAD: constant(uint256) = operator_sets.WAD
# Members of a set, strategies of a set, sets of an operator, and deallocations of a strategy that wait.
MOST_MEMBERS: constant(uint256) = 256
MOST_STRATEGIES: constant(uint256) = 16
MOST_SETS: constant(uint256) = 32
MOST_WAITING: constant(uint256) = 64
LONGEST_DATA: constant(uint256) = 1024
# The kinds of sets that are kept.
SET_IDS: constant(uint256) = 0
MEMBERS: constant(uint256) = 1
STRATEGIES: constant(uint256) = 2
REGISTERED: constant(uint256) = 3
ALLOCATED: constant(uint256) = 4
ALLOCATED_STRATEGIES: constant(uint256) = 5

delegation: public(immutable(address))
permissionController: public(immutable(address))
DEALLOCATION_DELAY: public(immutable(uint32))
ALLOCATION_CONFIGURATION_DELAY: public(immutable(uint32))

registrars: HashMap[address, address]
described: HashMap[address, bool]
delays: HashMap[address, AllocationDelayInfo]
slashers: HashMap[bytes32, SlasherParams]
recipients: HashMap[bytes32, address]
slashes: HashMap[bytes32, uint256]
registrations: HashMap[address, HashMap[bytes32, RegistrationStatus]]
allocations: HashMap[address, HashMap[bytes32, HashMap[address, Allocation]]]
encumbered: HashMap[address, HashMap[address, uint64]]
# The sets that wait for a deallocation of an operator's strategy, oldest first, between two numbers.
waiting: HashMap[bytes32, HashMap[uint256, bytes32]]
waitingFrom: HashMap[bytes32, uint256]
waitingTo: HashMap[bytes32, uint256]


@deploy
def __init__(
    _delegation: address, _permissionController: address, _deallocationDelay: uint32, _configurationDelay: uint32
):
    """
    @param _deallocationDelay How many blocks a deallocated part can still be slashed; at most a withdrawal's delay.
    @param _configurationDelay How many blocks a change of an allocation delay, or of a slasher, waits.
    """
    delegation = _delegation
    permissionController = _permissionController
    DEALLOCATION_DELAY = _deallocationDelay
    ALLOCATION_CONFIGURATION_DELAY = _configurationDelay


@internal
@view
def _check_can_call(account: address):
    if not operator_sets._can_call(permissionController, account):
        raw_revert(method_id("InvalidPermissions()"))


@internal
@pure
def _set(kind: uint256, owner: address, key: bytes32) -> bytes32:
    return keccak256(abi_encode(kind, owner, key))


@internal
@pure
def _of_set(kind: uint256, key: bytes32) -> bytes32:
    return self._set(kind, empty(address), key)


@internal
@pure
def _pair(operator: address, strategy: address) -> bytes32:
    return keccak256(abi_encode(operator, strategy))


@internal
@view
def _is_set(operator_set: operator_sets.OperatorSet) -> bool:
    return keyed_sets._contains(
        self._set(SET_IDS, operator_set.avs, empty(bytes32)), operator_sets._key(operator_set)
    )


@internal
@view
def _check_set(operator_set: operator_sets.OperatorSet) -> bytes32:
    """
    @return The set's key.
    """
    if not self._is_set(operator_set):
        raw_revert(method_id("InvalidOperatorSet()"))
    return operator_sets._key(operator_set)


@internal
@view
def _block() -> uint32:
    return convert(block.number, uint32)


# Services


@external
def updateAVSMetadataURI(avs: address, metadataURI: String[LONGEST_DATA]):
    """
    @notice Says what a service is; needed before it makes operator sets.
    """
    self._check_can_call(avs)
    self.described[avs] = True
    log AVSMetadataURIUpdated(avs=avs, metadataURI=metadataURI)


@external
def setAVSRegistrar(avs: address, registrar: address):
    """
    @notice Names the contract that is asked before an operator registers, and told when one leaves.
    """
    self._check_can_call(avs)
    if not staticcall Registrar(registrar).supportsAVS(avs):
        raw_revert(method_id("InvalidAVSRegistrar()"))
    self.registrars[avs] = registrar
    log AVSRegistrarSet(avs=avs, registrar=registrar)


@external
def createOperatorSets(avs: address, params: DynArray[CreateSetParams, MOST_STRATEGIES]):
    """
    @notice Makes operator sets whose slashed stake is burnt. The service itself slashes.
    """
    self._check_can_call(avs)
    for item: CreateSetParams in params:
        self._create(avs, item.operatorSetId, item.strategies, avs, operator_sets.BURN_ADDRESS)


@external
def createRedistributingOperatorSets(
    avs: address,
    params: DynArray[CreateSetParams, MOST_STRATEGIES],
    redistributionRecipients: DynArray[address, MOST_STRATEGIES],
):
    """
    @notice Makes operator sets whose slashed stake goes to somebody.
    """
    self._check_can_call(avs)
    if len(params) != len(redistributionRecipients):
        raw_revert(method_id("InputArrayLengthMismatch()"))
    for i: uint256 in range(len(params), bound=MOST_STRATEGIES):
        recipient: address = redistributionRecipients[i]
        self._check_recipient(recipient)
        self._create(avs, params[i].operatorSetId, params[i].strategies, avs, recipient)


@internal
@pure
def _check_recipient(recipient: address):
    if recipient == empty(address):
        raw_revert(method_id("InputAddressZero()"))
    if recipient == operator_sets.BURN_ADDRESS:
        raw_revert(method_id("InvalidRedistributionRecipient()"))


@internal
def _create(
    avs: address,
    id: uint32,
    strategies: DynArray[address, MOST_STRATEGIES],
    slasher: address,
    recipient: address,
):
    if not self.described[avs]:
        raw_revert(method_id("NonexistentAVSMetadata()"))
    operator_set: operator_sets.OperatorSet = operator_sets.OperatorSet(avs=avs, id=id)
    key: bytes32 = operator_sets._key(operator_set)
    if not keyed_sets._add(self._set(SET_IDS, avs, empty(bytes32)), key, max_value(uint256)):
        raw_revert(method_id("InvalidOperatorSet()"))
    log OperatorSetCreated(operatorSet=operator_set)
    if recipient != operator_sets.BURN_ADDRESS:
        self.recipients[key] = recipient
        log RedistributionAddressSet(operatorSet=operator_set, redistributionRecipient=recipient)
    self._add_strategies(operator_set, strategies)
    if slasher == empty(address):
        raw_revert(method_id("InputAddressZero()"))
    self.slashers[key] = SlasherParams(slasher=slasher, pendingSlasher=slasher, effectBlock=self._block())
    log SlasherUpdated(operatorSet=operator_set, slasher=slasher, effectBlock=self._block())


@internal
def _add_strategies(operator_set: operator_sets.OperatorSet, strategies: DynArray[address, MOST_STRATEGIES]):
    kept: bytes32 = self._of_set(STRATEGIES, operator_sets._key(operator_set))
    for strategy: address in strategies:
        if not keyed_sets._add(kept, convert(strategy, bytes32), MOST_STRATEGIES):
            raw_revert(method_id("StrategyAlreadyInOperatorSet()"))
        log StrategyAddedToOperatorSet(operatorSet=operator_set, strategy=strategy)


@external
def addStrategiesToOperatorSet(avs: address, operatorSetId: uint32, strategies: DynArray[address, MOST_STRATEGIES]):
    self._check_can_call(avs)
    operator_set: operator_sets.OperatorSet = operator_sets.OperatorSet(avs=avs, id=operatorSetId)
    self._check_set(operator_set)
    self._add_strategies(operator_set, strategies)


@external
def removeStrategiesFromOperatorSet(
    avs: address, operatorSetId: uint32, strategies: DynArray[address, MOST_STRATEGIES]
):
    self._check_can_call(avs)
    operator_set: operator_sets.OperatorSet = operator_sets.OperatorSet(avs=avs, id=operatorSetId)
    kept: bytes32 = self._of_set(STRATEGIES, self._check_set(operator_set))
    for strategy: address in strategies:
        if not keyed_sets._remove(kept, convert(strategy, bytes32)):
            raw_revert(method_id("StrategyNotInOperatorSet()"))
        log StrategyRemovedFromOperatorSet(operatorSet=operator_set, strategy=strategy)


@external
def updateSlasher(operatorSet: operator_sets.OperatorSet, slasher: address):
    """
    @notice Names another slasher of a set, after ALLOCATION_CONFIGURATION_DELAY.
    """
    self._check_can_call(operatorSet.avs)
    key: bytes32 = self._check_set(operatorSet)
    if slasher == empty(address):
        raw_revert(method_id("InputAddressZero()"))
    effect: uint32 = self._block() + ALLOCATION_CONFIGURATION_DELAY + 1
    self.slashers[key] = SlasherParams(slasher=self._slasher(key), pendingSlasher=slasher, effectBlock=effect)
    log SlasherUpdated(operatorSet=operatorSet, slasher=slasher, effectBlock=effect)


# Operators and sets


@external
def registerForOperatorSets(operator: address, params: RegisterParams):
    """
    @notice Makes an operator a member of sets, if the service's registrar agrees.
    """
    self._check_can_call(operator)
    if not staticcall Delegation(delegation).isOperator(operator):
        raw_revert(method_id("InvalidOperator()"))
    for id: uint32 in params.operatorSetIds:
        operator_set: operator_sets.OperatorSet = operator_sets.OperatorSet(avs=params.avs, id=id)
        key: bytes32 = self._check_set(operator_set)
        if self._is_slashable(operator, key):
            raw_revert(method_id("AlreadyMemberOfSet()"))
        keyed_sets._add(self._set(REGISTERED, operator, empty(bytes32)), key, MOST_SETS)
        keyed_sets._add(self._of_set(MEMBERS, key), convert(operator, bytes32), MOST_MEMBERS)
        self.registrations[operator][key].registered = True
        log OperatorAddedToOperatorSet(operator=operator, operatorSet=operator_set)
    extcall Registrar(self._registrar(params.avs)).registerOperator(
        operator, params.avs, params.operatorSetIds, params.data
    )


@external
def deregisterFromOperatorSets(params: DeregisterParams):
    """
    @notice Ends memberships, by the operator or the service. He can be slashed for DEALLOCATION_DELAY more blocks.
    """
    if not operator_sets._can_call(permissionController, params.operator) and not operator_sets._can_call(
        permissionController, params.avs
    ):
        raw_revert(method_id("InvalidCaller()"))
    for id: uint32 in params.operatorSetIds:
        operator_set: operator_sets.OperatorSet = operator_sets.OperatorSet(avs=params.avs, id=id)
        key: bytes32 = self._check_set(operator_set)
        if not self.registrations[params.operator][key].registered:
            raw_revert(method_id("NotMemberOfSet()"))
        keyed_sets._remove(self._set(REGISTERED, params.operator, empty(bytes32)), key)
        keyed_sets._remove(self._of_set(MEMBERS, key), convert(params.operator, bytes32))
        self.registrations[params.operator][key] = RegistrationStatus(
            registered=False, slashableUntil=self._block() + DEALLOCATION_DELAY
        )
        log OperatorRemovedFromOperatorSet(operator=params.operator, operatorSet=operator_set)
    extcall Registrar(self._registrar(params.avs)).deregisterOperator(
        params.operator, params.avs, params.operatorSetIds
    )


@internal
@view
def _registrar(avs: address) -> address:
    registrar: address = self.registrars[avs]
    return avs if registrar == empty(address) else registrar


@internal
@view
def _is_slashable(operator: address, key: bytes32) -> bool:
    status: RegistrationStatus = self.registrations[operator][key]
    return status.registered or block.number <= convert(status.slashableUntil, uint256)


# Allocations


@external
def setAllocationDelay(operator: address, delay: uint32):
    """
    @notice Sets how many blocks an operator's allocations wait: at once for a new operator, later after
            ALLOCATION_CONFIGURATION_DELAY.
    """
    info: AllocationDelayInfo = self._delay(operator)
    info.pendingDelay = delay
    if msg.sender == delegation:
        info.delay = delay
        info.isSet = True
        info.effectBlock = self._block()
    else:
        self._check_can_call(operator)
        if not staticcall Delegation(delegation).isOperator(operator):
            raw_revert(method_id("InvalidOperator()"))
        info.effectBlock = self._block() + ALLOCATION_CONFIGURATION_DELAY + 1
    self.delays[operator] = info
    log AllocationDelaySet(operator=operator, delay=delay, effectBlock=info.effectBlock)


@internal
@view
def _delay(operator: address) -> AllocationDelayInfo:
    """
    @dev With what has come into effect by now.
    """
    info: AllocationDelayInfo = self.delays[operator]
    if info.effectBlock != 0 and block.number >= convert(info.effectBlock, uint256):
        info.delay = info.pendingDelay
        info.isSet = True
    return info


@external
def modifyAllocations(operator: address, params: DynArray[AllocateParams, MOST_STRATEGIES]):
    """
    @notice Sets what part of an operator's magnitude of each strategy a set has at its disposal.
    """
    self._check_can_call(operator)
    delay: AllocationDelayInfo = self._delay(operator)
    if not delay.isSet:
        raw_revert(method_id("UninitializedAllocationDelay()"))
    for item: AllocateParams in params:
        if len(item.strategies) != len(item.newMagnitudes):
            raw_revert(method_id("InputArrayLengthMismatch()"))
        self._check_set(item.operatorSet)
        for i: uint256 in range(len(item.strategies), bound=MOST_STRATEGIES):
            self._modify(operator, item.operatorSet, item.strategies[i], item.newMagnitudes[i], delay.delay)


@internal
def _modify(
    operator: address,
    operator_set: operator_sets.OperatorSet,
    strategy: address,
    magnitude: uint64,
    delay: uint32,
):
    key: bytes32 = operator_sets._key(operator_set)
    self._clear_waiting(operator, strategy, MOST_WAITING)
    info: StrategyInfo = empty(StrategyInfo)
    allocation: Allocation = empty(Allocation)
    info, allocation = self._updated(operator, key, strategy)
    if allocation.effectBlock != 0:
        raw_revert(method_id("ModificationAlreadyPending()"))
    if magnitude == allocation.currentMagnitude:
        raw_revert(method_id("SameMagnitude()"))
    allocation.pendingDiff = convert(magnitude, int128) - convert(allocation.currentMagnitude, int128)
    if allocation.pendingDiff > 0:
        info.encumberedMagnitude = self._sum(info.encumberedMagnitude, allocation.pendingDiff)
        if info.encumberedMagnitude > info.maxMagnitude:
            raw_revert(method_id("InsufficientMagnitude()"))
        allocation.effectBlock = self._block() + delay
    elif self._is_slashable(operator, key) and keyed_sets._contains_address(
        self._of_set(STRATEGIES, key), strategy
    ):
        pair: bytes32 = self._pair(operator, strategy)
        end: uint256 = self.waitingTo[pair]
        if end - self.waitingFrom[pair] >= MOST_WAITING:
            raw_revert(method_id("LimitReached()"))
        self.waiting[pair][end] = key
        self.waitingTo[pair] = end + 1
        allocation.effectBlock = self._block() + DEALLOCATION_DELAY + 1
    else:
        info.encumberedMagnitude = self._sum(info.encumberedMagnitude, allocation.pendingDiff)
        allocation.currentMagnitude = magnitude
        allocation.pendingDiff = 0
        allocation.effectBlock = self._block()
    self._keep(operator, key, strategy, info, allocation)
    log AllocationUpdated(
        operator=operator,
        operatorSet=operator_set,
        strategy=strategy,
        magnitude=magnitude,
        effectBlock=allocation.effectBlock,
    )


@external
def clearDeallocationQueue(
    operator: address, strategies: DynArray[address, MOST_STRATEGIES], numToClear: DynArray[uint16, MOST_STRATEGIES]
):
    """
    @notice Frees what deallocations have come into effect. Anybody may call.
    """
    if len(strategies) != len(numToClear):
        raw_revert(method_id("InputArrayLengthMismatch()"))
    for i: uint256 in range(len(strategies), bound=MOST_STRATEGIES):
        self._clear_waiting(operator, strategies[i], min(convert(numToClear[i], uint256), MOST_WAITING))


@internal
def _clear_waiting(operator: address, strategy: address, most: uint256):
    pair: bytes32 = self._pair(operator, strategy)
    start: uint256 = self.waitingFrom[pair]
    for _: uint256 in range(most, bound=MOST_WAITING):
        if start == self.waitingTo[pair]:
            break
        key: bytes32 = self.waiting[pair][start]
        info: StrategyInfo = empty(StrategyInfo)
        allocation: Allocation = empty(Allocation)
        info, allocation = self._updated(operator, key, strategy)
        if block.number < convert(allocation.effectBlock, uint256):
            break
        self._keep(operator, key, strategy, info, allocation)
        self.waiting[pair][start] = empty(bytes32)
        start += 1
    self.waitingFrom[pair] = start


@internal
@view
def _updated(operator: address, key: bytes32, strategy: address) -> (StrategyInfo, Allocation):
    """
    @dev As they are now, with a change whose block has come.
    """
    info: StrategyInfo = StrategyInfo(
        maxMagnitude=self._max_magnitude(operator, strategy),
        encumberedMagnitude=self.encumbered[operator][strategy],
    )
    allocation: Allocation = self.allocations[operator][key][strategy]
    if block.number >= convert(allocation.effectBlock, uint256):
        allocation.currentMagnitude = self._sum(allocation.currentMagnitude, allocation.pendingDiff)
        if allocation.pendingDiff < 0:
            info.encumberedMagnitude = self._sum(info.encumberedMagnitude, allocation.pendingDiff)
        allocation.pendingDiff = 0
        allocation.effectBlock = 0
    return info, allocation


@internal
def _keep(operator: address, key: bytes32, strategy: address, info: StrategyInfo, allocation: Allocation):
    if self.encumbered[operator][strategy] != info.encumberedMagnitude:
        self.encumbered[operator][strategy] = info.encumberedMagnitude
        log EncumberedMagnitudeUpdated(
            operator=operator, strategy=strategy, encumberedMagnitude=info.encumberedMagnitude
        )
    self.allocations[operator][key][strategy] = allocation
    sets: bytes32 = self._set(ALLOCATED, operator, empty(bytes32))
    strategies: bytes32 = self._set(ALLOCATED_STRATEGIES, operator, key)
    if allocation.pendingDiff != 0:
        keyed_sets._add(strategies, convert(strategy, bytes32), MOST_STRATEGIES)
        keyed_sets._add(sets, key, MOST_SETS)
    elif allocation.currentMagnitude == 0:
        keyed_sets._remove(strategies, convert(strategy, bytes32))
        if keyed_sets._length(strategies) == 0:
            keyed_sets._remove(sets, key)


@internal
@pure
def _sum(magnitude: uint64, difference: int128) -> uint64:
    return convert(convert(magnitude, int128) + difference, uint64)


@internal
@view
def _max_magnitude(operator: address, strategy: address) -> uint64:
    return convert(histories._latest(self._pair(operator, strategy), WAD), uint64)


# Slashing


@external
def slashOperator(avs: address, params: SlashingParams) -> (uint256, DynArray[uint256, MOST_STRATEGIES]):
    """
    @notice Takes a part of what an operator has allocated to a set, of each strategy, by the set's slasher.
    @return The number of the set's slash, and the shares taken of each strategy.
    """
    operator_set: operator_sets.OperatorSet = operator_sets.OperatorSet(avs=avs, id=params.operatorSetId)
    if len(params.strategies) != len(params.wadsToSlash):
        raw_revert(method_id("InputArrayLengthMismatch()"))
    key: bytes32 = self._check_set(operator_set)
    if not self._is_slashable(params.operator, key):
        raw_revert(method_id("OperatorNotSlashable()"))
    if msg.sender != self._slasher(key):
        raw_revert(method_id("InvalidCaller()"))
    slash_id: uint256 = self.slashes[key] + 1
    self.slashes[key] = slash_id
    wads: DynArray[uint256, MOST_STRATEGIES] = []
    shares: DynArray[uint256, MOST_STRATEGIES] = []
    last: uint256 = 0
    for i: uint256 in range(len(params.strategies), bound=MOST_STRATEGIES):
        strategy: address = params.strategies[i]
        wad: uint256 = params.wadsToSlash[i]
        if i != 0 and convert(strategy, uint256) <= last:
            raw_revert(method_id("StrategiesMustBeInAscendingOrder()"))
        last = convert(strategy, uint256)
        if wad == 0 or wad > WAD:
            raw_revert(method_id("InvalidWadToSlash()"))
        if not keyed_sets._contains_address(self._of_set(STRATEGIES, key), strategy):
            raw_revert(method_id("StrategyNotInOperatorSet()"))
        info: StrategyInfo = empty(StrategyInfo)
        allocation: Allocation = empty(Allocation)
        info, allocation = self._updated(params.operator, key, strategy)
        if allocation.currentMagnitude == 0:
            wads.append(0)
            shares.append(0)
            continue
        # Rounded up: no slash is so small that it takes nothing.
        taken: uint64 = self._part(allocation.currentMagnitude, wad)
        before: uint64 = info.maxMagnitude
        wads.append(convert(taken, uint256) * WAD // convert(before, uint256))
        allocation.currentMagnitude -= taken
        info.maxMagnitude -= taken
        info.encumberedMagnitude -= taken
        if allocation.pendingDiff < 0:
            # A deallocation that waits shrinks with what it is of.
            allocation.pendingDiff += convert(self._part(convert(-allocation.pendingDiff, uint64), wad), int128)
            log AllocationUpdated(
                operator=params.operator,
                operatorSet=operator_set,
                strategy=strategy,
                magnitude=self._sum(allocation.currentMagnitude, allocation.pendingDiff),
                effectBlock=allocation.effectBlock,
            )
        self._keep(params.operator, key, strategy, info, allocation)
        log AllocationUpdated(
            operator=params.operator,
            operatorSet=operator_set,
            strategy=strategy,
            magnitude=allocation.currentMagnitude,
            effectBlock=self._block(),
        )
        histories._push(self._pair(params.operator, strategy), convert(info.maxMagnitude, uint256))
        log MaxMagnitudeUpdated(operator=params.operator, strategy=strategy, maxMagnitude=info.maxMagnitude)
        shares.append(
            extcall Delegation(delegation).slashOperatorShares(
                params.operator, operator_set, slash_id, strategy, before, info.maxMagnitude
            )
        )
    log OperatorSlashed(
        operator=params.operator,
        operatorSet=operator_set,
        strategies=params.strategies,
        wadSlashed=wads,
        description=params.description,
    )
    return slash_id, shares


@internal
@pure
def _part(magnitude: uint64, wad: uint256) -> uint64:
    return convert((convert(magnitude, uint256) * wad + WAD - 1) // WAD, uint64)


@internal
@view
def _slasher(key: bytes32) -> address:
    params: SlasherParams = self.slashers[key]
    if block.number >= convert(params.effectBlock, uint256):
        return params.pendingSlasher
    return params.slasher


# What there is to know: sets


@external
@view
def SLASHER_CONFIGURATION_DELAY() -> uint32:
    return ALLOCATION_CONFIGURATION_DELAY


@external
@view
def getAVSRegistrar(avs: address) -> address:
    return self._registrar(avs)


@external
@view
def getOperatorSetCount(avs: address) -> uint256:
    return keyed_sets._length(self._set(SET_IDS, avs, empty(bytes32)))


@external
@view
def isOperatorSet(operatorSet: operator_sets.OperatorSet) -> bool:
    return self._is_set(operatorSet)


@external
@view
def getStrategiesInOperatorSet(operatorSet: operator_sets.OperatorSet) -> DynArray[address, MOST_MEMBERS]:
    return keyed_sets._addresses(self._of_set(STRATEGIES, operator_sets._key(operatorSet)))


@external
@view
def getMembers(operatorSet: operator_sets.OperatorSet) -> DynArray[address, MOST_MEMBERS]:
    return keyed_sets._addresses(self._of_set(MEMBERS, operator_sets._key(operatorSet)))


@external
@view
def getMemberCount(operatorSet: operator_sets.OperatorSet) -> uint256:
    return keyed_sets._length(self._of_set(MEMBERS, operator_sets._key(operatorSet)))


@external
@view
def isMemberOfOperatorSet(operator: address, operatorSet: operator_sets.OperatorSet) -> bool:
    return keyed_sets._contains_address(self._of_set(MEMBERS, operator_sets._key(operatorSet)), operator)


@external
@view
def getSlasher(operatorSet: operator_sets.OperatorSet) -> address:
    return self._slasher(operator_sets._key(operatorSet))


@external
@view
def getPendingSlasher(operatorSet: operator_sets.OperatorSet) -> (address, uint32):
    params: SlasherParams = self.slashers[operator_sets._key(operatorSet)]
    if block.number < convert(params.effectBlock, uint256):
        return params.pendingSlasher, params.effectBlock
    return empty(address), 0


@external
@view
def getSlashCount(operatorSet: operator_sets.OperatorSet) -> uint256:
    return self.slashes[operator_sets._key(operatorSet)]


@internal
@view
def _recipient(key: bytes32) -> address:
    recipient: address = self.recipients[key]
    return operator_sets.BURN_ADDRESS if recipient == empty(address) else recipient


@external
@view
def getRedistributionRecipient(operatorSet: operator_sets.OperatorSet) -> address:
    return self._recipient(operator_sets._key(operatorSet))


@external
@view
def isRedistributingOperatorSet(operatorSet: operator_sets.OperatorSet) -> bool:
    return self.recipients[operator_sets._key(operatorSet)] != empty(address)


# What there is to know: operators


@external
@view
def getAllocationDelay(operator: address) -> (bool, uint32):
    info: AllocationDelayInfo = self._delay(operator)
    return info.isSet, info.delay


@internal
@view
def _sets_of(kind: uint256, operator: address) -> DynArray[operator_sets.OperatorSet, MOST_SETS]:
    sets: DynArray[operator_sets.OperatorSet, MOST_SETS] = []
    kept: bytes32 = self._set(kind, operator, empty(bytes32))
    for i: uint256 in range(keyed_sets._length(kept), bound=MOST_SETS):
        sets.append(operator_sets._decoded(keyed_sets._at(kept, i)))
    return sets


@external
@view
def getRegisteredSets(operator: address) -> DynArray[operator_sets.OperatorSet, MOST_SETS]:
    return self._sets_of(REGISTERED, operator)


@external
@view
def getAllocatedSets(operator: address) -> DynArray[operator_sets.OperatorSet, MOST_SETS]:
    return self._sets_of(ALLOCATED, operator)


@external
@view
def getAllocatedStrategies(
    operator: address, operatorSet: operator_sets.OperatorSet
) -> DynArray[address, MOST_MEMBERS]:
    return keyed_sets._addresses(self._set(ALLOCATED_STRATEGIES, operator, operator_sets._key(operatorSet)))


@internal
@view
def _allocation(operator: address, key: bytes32, strategy: address) -> Allocation:
    info: StrategyInfo = empty(StrategyInfo)
    allocation: Allocation = empty(Allocation)
    info, allocation = self._updated(operator, key, strategy)
    return allocation


@external
@view
def getAllocation(operator: address, operatorSet: operator_sets.OperatorSet, strategy: address) -> Allocation:
    return self._allocation(operator, operator_sets._key(operatorSet), strategy)


@external
@view
def getAllocations(
    operators: DynArray[address, MOST_MEMBERS], operatorSet: operator_sets.OperatorSet, strategy: address
) -> DynArray[Allocation, MOST_MEMBERS]:
    found: DynArray[Allocation, MOST_MEMBERS] = []
    for operator: address in operators:
        found.append(self._allocation(operator, operator_sets._key(operatorSet), strategy))
    return found


@external
@view
def getStrategyAllocations(
    operator: address, strategy: address
) -> (DynArray[operator_sets.OperatorSet, MOST_SETS], DynArray[Allocation, MOST_SETS]):
    sets: DynArray[operator_sets.OperatorSet, MOST_SETS] = self._sets_of(ALLOCATED, operator)
    found: DynArray[Allocation, MOST_SETS] = []
    for operator_set: operator_sets.OperatorSet in sets:
        found.append(self._allocation(operator, operator_sets._key(operator_set), strategy))
    return sets, found


@internal
@view
def _encumbered(operator: address, strategy: address) -> uint64:
    """
    @dev Without the deallocations whose block has come.
    """
    encumbered: uint64 = self.encumbered[operator][strategy]
    pair: bytes32 = self._pair(operator, strategy)
    start: uint256 = self.waitingFrom[pair]
    for i: uint256 in range(self.waitingTo[pair] - start, bound=MOST_WAITING):
        allocation: Allocation = self.allocations[operator][self.waiting[pair][start + i]][strategy]
        if block.number < convert(allocation.effectBlock, uint256):
            break
        encumbered = self._sum(encumbered, allocation.pendingDiff)
    return encumbered


@external
@view
def getEncumberedMagnitude(operator: address, strategy: address) -> uint64:
    return self._encumbered(operator, strategy)


@external
@view
def encumberedMagnitude(operator: address, strategy: address) -> uint64:
    return self.encumbered[operator][strategy]


@external
@view
def getAllocatableMagnitude(operator: address, strategy: address) -> uint64:
    return self._max_magnitude(operator, strategy) - self._encumbered(operator, strategy)


@external
@view
def getMaxMagnitude(operator: address, strategy: address) -> uint64:
    return self._max_magnitude(operator, strategy)


@external
@view
def getMaxMagnitudes(
    operator: address, strategies: DynArray[address, MOST_STRATEGIES]
) -> DynArray[uint64, MOST_STRATEGIES]:
    found: DynArray[uint64, MOST_STRATEGIES] = []
    for strategy: address in strategies:
        found.append(self._max_magnitude(operator, strategy))
    return found


@external
@view
def getMaxMagnitudesAtBlock(
    operator: address, strategies: DynArray[address, MOST_STRATEGIES], blockNumber: uint32
) -> DynArray[uint64, MOST_STRATEGIES]:
    """
    @notice As they were at a block's end.
    """
    found: DynArray[uint64, MOST_STRATEGIES] = []
    for strategy: address in strategies:
        at: uint256 = histories._at_block(self._pair(operator, strategy), convert(blockNumber, uint256), WAD)
        found.append(convert(at, uint64))
    return found


@external
@view
def isOperatorSlashable(operator: address, operatorSet: operator_sets.OperatorSet) -> bool:
    return self._is_slashable(operator, operator_sets._key(operatorSet))


@external
@view
def isOperatorRedistributable(operator: address) -> bool:
    """
    @notice Whether a slash of the operator can go to somebody, in any set that he is in or allocates to.
    """
    return self._redistributes(REGISTERED, operator) or self._redistributes(ALLOCATED, operator)


@internal
@view
def _redistributes(kind: uint256, operator: address) -> bool:
    kept: bytes32 = self._set(kind, operator, empty(bytes32))
    for i: uint256 in range(keyed_sets._length(kept), bound=MOST_SETS):
        key: bytes32 = keyed_sets._at(kept, i)
        if self.recipients[key] != empty(address) and self._is_slashable(operator, key):
            return True
    return False


@internal
@view
def _stake(
    key: bytes32, operator: address, strategies: DynArray[address, MOST_STRATEGIES], at: uint256, slashable_only: bool
) -> DynArray[uint256, MOST_STRATEGIES]:
    """
    @dev The least stake that is allocated from now until a block, if nobody allocates, slashes, deposits or withdraws.
    """
    stake: DynArray[uint256, MOST_STRATEGIES] = staticcall Delegation(delegation).getOperatorShares(
        operator, strategies
    )
    slashable: bool = not slashable_only or self._is_slashable(operator, key)
    for i: uint256 in range(len(strategies), bound=MOST_STRATEGIES):
        greatest: uint64 = self._max_magnitude(operator, strategies[i])
        if greatest == 0 or not slashable:
            stake[i] = 0
            continue
        allocation: Allocation = self._allocation(operator, key, strategies[i])
        magnitude: uint64 = allocation.currentMagnitude
        if allocation.pendingDiff < 0 and convert(allocation.effectBlock, uint256) <= at:
            magnitude = self._sum(magnitude, allocation.pendingDiff)
        stake[i] = stake[i] * (convert(magnitude, uint256) * WAD // convert(greatest, uint256)) // WAD
    return stake


@external
@view
def getMinimumSlashableStake(
    operatorSet: operator_sets.OperatorSet,
    operators: DynArray[address, MOST_MEMBERS],
    strategies: DynArray[address, MOST_STRATEGIES],
    futureBlock: uint32,
) -> DynArray[DynArray[uint256, MOST_STRATEGIES], MOST_MEMBERS]:
    stakes: DynArray[DynArray[uint256, MOST_STRATEGIES], MOST_MEMBERS] = []
    key: bytes32 = operator_sets._key(operatorSet)
    for operator: address in operators:
        stakes.append(self._stake(key, operator, strategies, convert(futureBlock, uint256), True))
    return stakes


@external
@view
def getAllocatedStake(
    operatorSet: operator_sets.OperatorSet,
    operators: DynArray[address, MOST_MEMBERS],
    strategies: DynArray[address, MOST_STRATEGIES],
) -> DynArray[DynArray[uint256, MOST_STRATEGIES], MOST_MEMBERS]:
    stakes: DynArray[DynArray[uint256, MOST_STRATEGIES], MOST_MEMBERS] = []
    key: bytes32 = operator_sets._key(operatorSet)
    for operator: address in operators:
        stakes.append(self._stake(key, operator, strategies, block.number, False))
    return stakes


# The functions whose names are taken


@internal
@view
def _word(at: uint256) -> uint256:
    """
    @dev Of the call's arguments, by its offset.
    """
    return convert(slice(msg.data, 4 + at, 32), uint256)


@internal
@view
def _list(at: uint256) -> DynArray[address, MOST_MEMBERS]:
    found: DynArray[address, MOST_MEMBERS] = []
    for i: uint256 in range(self._word(at), bound=MOST_MEMBERS):
        found.append(convert(self._word(at + 32 + 32 * i), address))
    return found


@external
@raw_return
def __default__() -> Bytes[8256]:
    selector: bytes4 = convert(slice(msg.data, 0, 4), bytes4)
    if selector == method_id("getMaxMagnitudes(address[],address)", output_type=bytes4):
        strategy: address = convert(self._word(32), address)
        operators: DynArray[address, MOST_MEMBERS] = self._list(self._word(0))
        found: DynArray[uint64, MOST_MEMBERS] = []
        for operator: address in operators:
            found.append(self._max_magnitude(operator, strategy))
        return abi_encode(found)
    redistributing: bool = selector == method_id(
        "createRedistributingOperatorSets(address,(uint32,address[],address)[],address[])", output_type=bytes4
    )
    if not redistributing and selector != method_id(
        "createOperatorSets(address,(uint32,address[],address)[])", output_type=bytes4
    ):
        raise "AllocationManager: no such function"
    avs: address = convert(self._word(0), address)
    self._check_can_call(avs)
    params: uint256 = self._word(32)
    count: uint256 = self._word(params)
    recipients: DynArray[address, MOST_MEMBERS] = []
    if redistributing:
        recipients = self._list(self._word(64))
        if len(recipients) != count:
            raw_revert(method_id("InputArrayLengthMismatch()"))
    for i: uint256 in range(count, bound=MOST_STRATEGIES):
        item: uint256 = params + 32 + self._word(params + 32 + 32 * i)
        strategies: DynArray[address, MOST_STRATEGIES] = []
        listed: DynArray[address, MOST_MEMBERS] = self._list(item + self._word(item + 32))
        for strategy: address in listed:
            strategies.append(strategy)
        recipient: address = operator_sets.BURN_ADDRESS
        if redistributing:
            recipient = recipients[i]
            self._check_recipient(recipient)
        self._create(
            avs, convert(self._word(item), uint32), strategies, convert(self._word(item + 64), address), recipient
        )
    return b""
