# pragma version 0.4.3
# pragma optimize codesize
"""
@title SystemConfig
@notice A rollup's parameters on L1. Each change is an event that derivation applies from the next L1 origin on.
@dev ABI and events of the OP Stack's SystemConfig, Jovian included. The owner, who runs the rollup, sets parameters and
     can move no funds. It also answers for the SuperchainConfig, since each rollup stands for itself: its guardian may
     pause withdrawals for three days, and then not again for 27, so that a pause delays but never forbids.
     SystemConfig.layout.json puts the unsafe block signer at the slot of the specification.
"""

from interfaces import ISystemConfig
from modules import initializable
from modules import owned

initializes: initializable
initializes: owned
exports: (owned.owner, owned.transferOwnership, owned.renounceOwnership)

event ConfigUpdate:
    version: indexed(uint256)
    updateType: indexed(uint8)
    data: Bytes[64]

event FeatureSet:
    feature: indexed(bytes32)
    enabled: indexed(bool)

event Paused:
    identifier: address

event Unpaused:
    identifier: address

version: public(constant(String[6])) = "3.13.2"
VERSION: public(constant(uint256)) = 0

BATCHER: constant(uint8) = 0
FEE_SCALARS: constant(uint8) = 1
GAS_LIMIT: constant(uint8) = 2
UNSAFE_BLOCK_SIGNER: constant(uint8) = 3
EIP_1559_PARAMS: constant(uint8) = 4
OPERATOR_FEE_PARAMS: constant(uint8) = 5
MIN_BASE_FEE: constant(uint8) = 6
DA_FOOTPRINT_GAS_SCALAR: constant(uint8) = 7

UNSAFE_BLOCK_SIGNER_SLOT: public(constant(bytes32)) = keccak256("systemconfig.unsafeblocksigner")
MAX_GAS_LIMIT: constant(uint64) = 500_000_000
# A block's gas target is its limit divided by the elasticity: more would leave the base fee without a target to follow.
MAX_ELASTICITY: constant(uint32) = 1000
SYSTEM_TX_MAX_GAS: constant(uint32) = 1_000_000
ELASTICITY_MULTIPLIER: constant(uint8) = 10
BASE_FEE_MAX_CHANGE_DENOMINATOR: constant(uint8) = 8
MINIMUM_DEPOSIT_FEE: constant(uint32) = 10**9
CUSTOM_GAS_TOKEN: constant(bytes32) = 0x435553544f4d5f4741535f544f4b454e00000000000000000000000000000000
PAUSE_SECONDS: constant(uint256) = 3 * 86400
REST_SECONDS: constant(uint256) = 27 * 86400

unsafeBlockSigner: public(address)
batcherHash: public(bytes32)
# The block in which it was last changed: a rollup's silence counts from there where its batcher is new.
batcherSince: public(uint256)
gasLimit: public(uint64)
basefeeScalar: public(uint32)
blobbasefeeScalar: public(uint32)
eip1559Denominator: public(uint32)
eip1559Elasticity: public(uint32)
operatorFeeScalar: public(uint32)
operatorFeeConstant: public(uint64)
minBaseFee: public(uint64)
daFootprintGasScalar: public(uint16)
maxResourceLimit: uint32
batchInbox: public(address)
startBlock: public(uint256)
l2ChainId: public(uint256)
isCustomGasToken: public(bool)
guardian: public(address)
pausedAt: uint256
l1CrossDomainMessenger: public(address)
l1ERC721Bridge: public(address)
l1StandardBridge: public(address)
optimismPortal: public(address)
disputeGameFactory: public(address)


@deploy
def __init__():
    initializable.__init__()


@external
def initialize(_owner: address, _parameters: ISystemConfig.Parameters, _addresses: ISystemConfig.Addresses, _disputeGameFactory: address):
    """
    @notice Sets the configuration up, once. Each value is announced as a change is.
    """
    initializable._initialize()
    owned._transfer(_owner)
    self.startBlock = block.number
    self.batchInbox = _parameters.batchInbox
    self.l2ChainId = _parameters.l2ChainId
    self.guardian = _parameters.guardian
    self.l1CrossDomainMessenger = _addresses.l1CrossDomainMessenger
    self.l1ERC721Bridge = _addresses.l1ERC721Bridge
    self.l1StandardBridge = _addresses.l1StandardBridge
    self.optimismPortal = _addresses.optimismPortal
    self.disputeGameFactory = _disputeGameFactory
    # The target must divide without a rest, or the deposit market would lose precision.
    assert _parameters.maxResourceLimit != 0, "SystemConfig: max resource limit is zero"
    assert _parameters.maxResourceLimit % convert(ELASTICITY_MULTIPLIER, uint32) == 0, (
        "SystemConfig: precision loss with target resource limit"
    )
    self.maxResourceLimit = _parameters.maxResourceLimit
    if _parameters.customGasToken:
        self.isCustomGasToken = True
        log FeatureSet(feature=CUSTOM_GAS_TOKEN, enabled=True)
    self._set_batcher_hash(_parameters.batcherHash)
    self._set_fee_scalars(_parameters.basefeeScalar, _parameters.blobbasefeeScalar)
    self._set_gas_limit(_parameters.gasLimit)
    self._set_unsafe_block_signer(_parameters.unsafeBlockSigner)
    self._set_eip1559(_parameters.eip1559Denominator, _parameters.eip1559Elasticity)
    if _parameters.operatorFeeScalar != 0 or _parameters.operatorFeeConstant != 0:
        self._set_operator_fee(_parameters.operatorFeeScalar, _parameters.operatorFeeConstant)
    if _parameters.minBaseFee != 0:
        self._set_min_base_fee(_parameters.minBaseFee)
    if _parameters.daFootprintGasScalar != 0:
        self._set_da_footprint(_parameters.daFootprintGasScalar)


# What the owner sets


@external
def setBatcherHash(_batcherHash: bytes32):
    """
    @notice Sets whose transactions to the batch inbox count; 20 bytes of an address, zeros before.
    """
    owned._check()
    self._set_batcher_hash(_batcherHash)


@external
def setGasConfigEcotone(_basefeeScalar: uint32, _blobbasefeeScalar: uint32):
    """
    @notice Sets what users pay for L1 data, as shares of L1's base fee and blob base fee in millionths.
    """
    owned._check()
    self._set_fee_scalars(_basefeeScalar, _blobbasefeeScalar)


@external
def setGasLimit(_gasLimit: uint64):
    """
    @notice Sets the gas of a block on the rollup.
    """
    owned._check()
    self._set_gas_limit(_gasLimit)


@external
def setUnsafeBlockSigner(_unsafeBlockSigner: address):
    """
    @notice Sets whose signature on blocks that are not on L1 yet other nodes believe.
    """
    owned._check()
    self._set_unsafe_block_signer(_unsafeBlockSigner)


@external
def setEIP1559Params(_denominator: uint32, _elasticity: uint32):
    """
    @notice Sets how fast the rollup's base fee moves, and how far a block may go above its target.
    """
    owned._check()
    self._set_eip1559(_denominator, _elasticity)


@external
def setOperatorFeeScalars(_operatorFeeScalar: uint32, _operatorFeeConstant: uint64):
    """
    @notice Sets the operator fee of a transaction: gas times the scalar in millionths, and the constant in wei.
    """
    owned._check()
    self._set_operator_fee(_operatorFeeScalar, _operatorFeeConstant)


@external
def setMinBaseFee(_minBaseFee: uint64):
    """
    @notice Sets the least base fee of the rollup, in wei.
    """
    owned._check()
    self._set_min_base_fee(_minBaseFee)


@external
def setDAFootprintGasScalar(_daFootprintGasScalar: uint16):
    """
    @notice Sets how much of a block's gas limit a byte of estimated L1 data takes up; zero means the default, 400.
    """
    owned._check()
    self._set_da_footprint(_daFootprintGasScalar)


@external
def setGuardian(_guardian: address):
    """
    @notice Sets who may pause withdrawals for a while; zero means nobody.
    """
    owned._check()
    self.guardian = _guardian


@internal
def _set_batcher_hash(batcher_hash: bytes32):
    assert convert(batcher_hash, uint256) >> 160 == 0, "SystemConfig: the batcher hash is not an address"
    if self.batcherHash != batcher_hash:
        self.batcherHash = batcher_hash
        self.batcherSince = block.number
    log ConfigUpdate(version=VERSION, updateType=BATCHER, data=abi_encode(batcher_hash))


@internal
def _set_fee_scalars(basefee_scalar: uint32, blobbasefee_scalar: uint32):
    self.basefeeScalar = basefee_scalar
    self.blobbasefeeScalar = blobbasefee_scalar
    log ConfigUpdate(
        version=VERSION, updateType=FEE_SCALARS, data=abi_encode(empty(uint256), self._scalar())
    )


@internal
def _set_gas_limit(gas_limit: uint64):
    assert gas_limit >= self._minimum_gas_limit(), "SystemConfig: gas limit too low"
    assert gas_limit <= MAX_GAS_LIMIT, "SystemConfig: gas limit too high"
    self.gasLimit = gas_limit
    log ConfigUpdate(version=VERSION, updateType=GAS_LIMIT, data=abi_encode(gas_limit))


@internal
def _set_unsafe_block_signer(signer: address):
    self.unsafeBlockSigner = signer
    log ConfigUpdate(version=VERSION, updateType=UNSAFE_BLOCK_SIGNER, data=abi_encode(signer))


@internal
def _set_eip1559(denominator: uint32, elasticity: uint32):
    assert denominator >= 1, "SystemConfig: denominator must be >= 1"
    assert elasticity >= 1, "SystemConfig: elasticity must be >= 1"
    assert elasticity <= MAX_ELASTICITY, "SystemConfig: elasticity too high"
    self.eip1559Denominator = denominator
    self.eip1559Elasticity = elasticity
    log ConfigUpdate(
        version=VERSION,
        updateType=EIP_1559_PARAMS,
        data=abi_encode((convert(denominator, uint256) << 32) | convert(elasticity, uint256)),
    )


@internal
def _set_operator_fee(scalar: uint32, constant_: uint64):
    self.operatorFeeScalar = scalar
    self.operatorFeeConstant = constant_
    log ConfigUpdate(
        version=VERSION,
        updateType=OPERATOR_FEE_PARAMS,
        data=abi_encode((convert(scalar, uint256) << 64) | convert(constant_, uint256)),
    )


@internal
def _set_min_base_fee(min_base_fee: uint64):
    self.minBaseFee = min_base_fee
    log ConfigUpdate(version=VERSION, updateType=MIN_BASE_FEE, data=abi_encode(min_base_fee))


@internal
def _set_da_footprint(scalar: uint16):
    self.daFootprintGasScalar = scalar
    log ConfigUpdate(version=VERSION, updateType=DA_FOOTPRINT_GAS_SCALAR, data=abi_encode(scalar))


# The pause


@external
def pause(_identifier: address):
    """
    @notice Stops proofs and withdrawals for three days at most, and not again before 30 days from now.
    @param _identifier Not used: a pause is this rollup's.
    """
    assert msg.sender == self.guardian, "SystemConfig: caller is not the guardian"
    assert block.timestamp >= self.pausedAt + PAUSE_SECONDS + REST_SECONDS or self.pausedAt == 0, (
        "SystemConfig: paused too recently"
    )
    self.pausedAt = block.timestamp
    log Paused(identifier=_identifier)


@external
def unpause(_identifier: address):
    """
    @notice Ends a pause before its time. The next one may come 27 days later.
    """
    assert msg.sender == self.guardian, "SystemConfig: caller is not the guardian"
    assert self._paused(), "SystemConfig: not paused"
    self.pausedAt = block.timestamp - PAUSE_SECONDS
    log Unpaused(identifier=_identifier)


@internal
@view
def _paused() -> bool:
    return self.pausedAt != 0 and block.timestamp < self.pausedAt + PAUSE_SECONDS


@external
@view
def paused(_identifier: address = empty(address)) -> bool:
    """
    @notice Whether proofs and withdrawals stand still at this moment.
    """
    return self._paused()


@external
@view
def superchainConfig() -> address:
    """
    @notice This contract: each rollup is paused by itself alone.
    """
    return self


# What follows from the parameters


@internal
@view
def _scalar() -> uint256:
    return (1 << 248) | (convert(self.blobbasefeeScalar, uint256) << 32) | convert(self.basefeeScalar, uint256)


@internal
@view
def _minimum_gas_limit() -> uint64:
    return convert(self.maxResourceLimit, uint64) + convert(SYSTEM_TX_MAX_GAS, uint64)


@external
@view
def scalar() -> uint256:
    """
    @notice Both fee scalars in the encoding of Ecotone.
    """
    return self._scalar()


@external
@view
def overhead() -> uint256:
    """
    @notice Zero: without meaning since Ecotone.
    """
    return 0


@external
@view
def minimumGasLimit() -> uint64:
    """
    @notice What a block must have room for: all deposits of an L1 block, and the L1 attributes.
    """
    return self._minimum_gas_limit()


@external
@pure
def maximumGasLimit() -> uint64:
    """
    @notice The most gas that a block may have.
    """
    return MAX_GAS_LIMIT


@external
@view
def resourceConfig() -> ISystemConfig.ResourceConfig:
    """
    @notice The deposit market's parameters.
    """
    return ISystemConfig.ResourceConfig(
        maxResourceLimit=self.maxResourceLimit,
        elasticityMultiplier=ELASTICITY_MULTIPLIER,
        baseFeeMaxChangeDenominator=BASE_FEE_MAX_CHANGE_DENOMINATOR,
        minimumBaseFee=MINIMUM_DEPOSIT_FEE,
        systemTxMaxGas=SYSTEM_TX_MAX_GAS,
        maximumBaseFee=max_value(uint128),
    )


@external
@view
def isFeatureEnabled(_feature: bytes32) -> bool:
    """
    @notice Whether a feature is on: "CUSTOM_GAS_TOKEN", fixed at launch, is the only one there is.
    """
    return _feature == CUSTOM_GAS_TOKEN and self.isCustomGasToken


@external
@view
def gasPayingToken() -> (address, uint8):
    """
    @notice ETH's placeholder: a gas token of the rollup's own lives on the rollup.
    """
    return 0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE, 18


@external
@view
def optimismMintableERC20Factory() -> address:
    """
    @notice Zero: tokens of the rollup that L1 mints are made by anybody's contract.
    """
    return empty(address)


@external
@view
def getAddresses() -> ISystemConfig.Addresses:
    """
    @notice The rollup's contracts on L1.
    """
    return ISystemConfig.Addresses(
        l1CrossDomainMessenger=self.l1CrossDomainMessenger,
        l1ERC721Bridge=self.l1ERC721Bridge,
        l1StandardBridge=self.l1StandardBridge,
        optimismPortal=self.optimismPortal,
        optimismMintableERC20Factory=empty(address),
        delayedWETH=empty(address),
        opcm=empty(address),
    )
