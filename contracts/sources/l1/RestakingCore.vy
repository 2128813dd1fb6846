# pragma version 0.4.3
# pragma optimize codesize
"""
@title RestakingCore
@notice Makes the restaking contracts of an L1 that has no EigenLayer. Each knows the others by an address that follows from
        this contract's own, before they are there.
@dev The codes together are more than one creation takes (EIP-3860), so this contract is made first, with the hashes of the
     codes, and `make` takes them one after the other, from anybody: no other code passes, so it does not matter who comes
     first, and nothing works before all are made. Made by CREATE2, its address says what codes and delays it has. It keeps
     no right over them, and nobody has any: there is no owner, no pause and no upgrade.
"""

event Made:
    number: indexed(uint256)
    contract: address

# The Keccak-256 hashes of creation codes, without arguments.
struct Codes:
    permissionController: bytes32
    allocationManager: bytes32
    delegationManager: bytes32
    strategyManager: bytes32
    strategy: bytes32
    strategyFactory: bytes32
    keyRegistrar: bytes32

version: public(constant(String[5])) = "1.0.0"
# In the order of their making.
PERMISSION_CONTROLLER: constant(uint256) = 0
ALLOCATION_MANAGER: constant(uint256) = 1
DELEGATION_MANAGER: constant(uint256) = 2
STRATEGY_MANAGER: constant(uint256) = 3
STRATEGY: constant(uint256) = 4
STRATEGY_FACTORY: constant(uint256) = 5
KEY_REGISTRAR: constant(uint256) = 6
PARTS: constant(uint256) = 7

permissionController: public(immutable(address))
allocationManager: public(immutable(address))
delegationManager: public(immutable(address))
strategyManager: public(immutable(address))
# What all strategies run.
strategy: public(immutable(address))
strategyFactory: public(immutable(address))
keyRegistrar: public(immutable(address))
minWithdrawalDelayBlocks: public(immutable(uint32))
deallocationDelay: public(immutable(uint32))
allocationConfigurationDelay: public(immutable(uint32))

codes: public(bytes32[PARTS])
made: public(uint256)


@deploy
def __init__(
    _codes: Codes,
    _minWithdrawalDelayBlocks: uint32,
    _deallocationDelay: uint32,
    _allocationConfigurationDelay: uint32,
):
    """
    @param _codes What `make` takes: the strategy is RestakedStrategy.
    @param _minWithdrawalDelayBlocks How many blocks a withdrawal waits, and can be slashed.
    @param _deallocationDelay How many blocks a deallocated part, or an operator who left, can be slashed.
    @param _allocationConfigurationDelay How many blocks a change of an allocation delay, or of a slasher, waits.
    """
    assert _minWithdrawalDelayBlocks != 0 and _deallocationDelay != 0, "RestakingCore: a delay is zero"
    # Else stake could leave while what was allocated can still be slashed.
    assert _minWithdrawalDelayBlocks >= _deallocationDelay, "RestakingCore: withdrawals are faster than deallocations"
    self.codes = [
        _codes.permissionController,
        _codes.allocationManager,
        _codes.delegationManager,
        _codes.strategyManager,
        _codes.strategy,
        _codes.strategyFactory,
        _codes.keyRegistrar,
    ]
    minWithdrawalDelayBlocks = _minWithdrawalDelayBlocks
    deallocationDelay = _deallocationDelay
    allocationConfigurationDelay = _allocationConfigurationDelay
    permissionController = self._creation(PERMISSION_CONTROLLER)
    allocationManager = self._creation(ALLOCATION_MANAGER)
    delegationManager = self._creation(DELEGATION_MANAGER)
    strategyManager = self._creation(STRATEGY_MANAGER)
    strategy = self._creation(STRATEGY)
    strategyFactory = self._creation(STRATEGY_FACTORY)
    keyRegistrar = self._creation(KEY_REGISTRAR)


@internal
@view
def _creation(number: uint256) -> address:
    """
    @dev The address of this contract's creation of a number: the hash of the RLP list of its address and its nonce, which
         begins at one.
    """
    nonce: bytes1 = convert(convert(number + 1, uint8), bytes1)
    return convert(
        convert(keccak256(concat(0xd694, convert(self, bytes20), nonce)), uint256) & convert(max_value(uint160), uint256),
        address,
    )


@external
def make(_code: Bytes[49152]) -> address:
    """
    @notice Makes the next contract. Anybody may call.
    @param _code Its creation code, without arguments.
    """
    number: uint256 = self.made
    assert number < PARTS, "RestakingCore: all are made"
    assert keccak256(_code) == self.codes[number], "RestakingCore: not the code of the next contract"
    self.made = number + 1
    made: address = empty(address)
    if number == PERMISSION_CONTROLLER:
        made = raw_create(_code)
    elif number == ALLOCATION_MANAGER:
        made = raw_create(
            _code, delegationManager, permissionController, deallocationDelay, allocationConfigurationDelay
        )
    elif number == DELEGATION_MANAGER:
        made = raw_create(
            _code, strategyManager, allocationManager, permissionController, minWithdrawalDelayBlocks
        )
    elif number == STRATEGY_MANAGER:
        made = raw_create(_code, delegationManager, allocationManager, strategyFactory)
    elif number == STRATEGY or number == STRATEGY_FACTORY:
        made = raw_create(_code, strategyManager, strategyFactory if number == STRATEGY else strategy)
    else:
        made = raw_create(_code, permissionController, allocationManager)
    assert made == self._creation(number), "RestakingCore: not the address that was foreseen"
    log Made(number=number, contract=made)
    return made
