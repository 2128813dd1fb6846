# pragma version 0.4.3
# pragma optimize codesize
"""
@title OptimismPortal
@notice Takes deposits to the rollup, holds its ETH, and pays withdrawals that are proven against a final output of it.
@dev ABI, events and errors of OptimismPortal2. No key can move the ETH: it leaves through `finalizeWithdrawalTransaction`,
     once for each withdrawal hash, and after the rollup's end through Claims, for what its last state says.

     An output that is not final yet may be certified by restaked operators (see RestakedProposal). Then a withdrawal is
     paid ahead where the ServiceManager charges it to their stake, and waits where it does not.

     Vyper reserves memory for the longest data, and what lies behind it costs gas by the square of its place. So short data
     (4 KiB) takes an internal function, whose memory lies before the caller's.
"""

from interfaces import IAnchorStateRegistry
from interfaces import IDisputeGameFactory
from interfaces import IFinalityModule
from interfaces import IServiceManager
from interfaces import ISystemConfig
from modules import deposit_market
from modules import initializable
from modules import merkle_trie

initializes: deposit_market
initializes: initializable
exports: deposit_market.params

struct WithdrawalTransaction:
    nonce: uint256
    sender: address
    target: address
    value: uint256
    gasLimit: uint256
    data: Bytes[MAX_WITHDRAWAL]

struct OutputRootProof:
    version: bytes32
    stateRoot: bytes32
    messagePasserStorageRoot: bytes32
    latestBlockhash: bytes32

event TransactionDeposited:
    from_: indexed(address)
    to: indexed(address)
    version: indexed(uint256)
    opaqueData: Bytes[MAX_DEPOSIT + 73]

event WithdrawalProven:
    withdrawalHash: indexed(bytes32)
    from_: indexed(address)
    to: indexed(address)

event WithdrawalProvenExtension1:
    withdrawalHash: indexed(bytes32)
    proofSubmitter: indexed(address)

event WithdrawalFinalized:
    withdrawalHash: indexed(bytes32)
    success: bool

version: public(constant(String[5])) = "5.1.1"

# The longest data of a deposit (specification) and of a withdrawal (ours; the predeploys of L2 take no more).
MAX_DEPOSIT: constant(uint256) = 120_000
MAX_WITHDRAWAL: constant(uint256) = 34_816
SHORT: constant(uint256) = 4096
# The longest data of a withdrawal that may be paid ahead.
COUNTABLE: constant(uint256) = 1024

DEPOSIT_VERSION: constant(uint256) = 0
RECEIVE_DEFAULT_GAS_LIMIT: constant(uint64) = 100_000
# 0x1111000000000000000000000000000000001111
ALIAS_OFFSET: constant(uint160) = 97431955772380292505369553133200691419628441873
DEFAULT_L2_SENDER: constant(address) = 0x000000000000000000000000000000000000dEaD
ESTIMATION_ADDRESS: constant(address) = 0x0000000000000000000000000000000000000001
CUSTOM_GAS_TOKEN: constant(bytes32) = 0x435553544f4d5f4741535f544f4b454e00000000000000000000000000000000
CHALLENGER_WINS: constant(uint8) = 1
# Gas that must remain for the end of a finalization after the withdrawal's own call, and the bound of that call's cost.
CALL_OVERHEAD: constant(uint256) = 40_000
# The most that a withdrawal's call is sure to get. A transaction of L1 has 16,777,216 at most (EIP-7825); a withdrawal that
# was made with more could otherwise never be executed.
MOST_GAS: constant(uint256) = 15_000_000
MASK_160: constant(uint256) = 2**160 - 1
# Deposits are closed, in `settings`.
CLOSED: constant(uint256) = 2**160
# The gas of a claim's payment.
CLAIM_GAS: constant(uint256) = 100_000

# closed << 160 | SystemConfig: a deposit reads both at once.
settings: uint256
lifecycle: public(address)
claims: public(address)
anchorStateRegistry: public(address)
proofMaturityDelaySeconds: public(uint256)

finalizedWithdrawals: public(HashMap[bytes32, bool])
# timestamp << 160 | game
proven: HashMap[bytes32, HashMap[address, uint256]]
submitters: HashMap[bytes32, HashMap[uint256, address]]
numProofSubmitters: public(HashMap[bytes32, uint256])
# The sender on L2 of the withdrawal that is being executed; while it is set, no other can be.
executing: transient(address)


@deploy
def __init__():
    initializable.__init__()


@external
def initialize(
    _systemConfig: address,
    _anchorStateRegistry: address,
    _proofMaturityDelaySeconds: uint256,
    _lifecycle: address,
    _claims: address,
):
    """
    @notice Sets the portal up, once.
    """
    initializable._initialize()
    self.settings = convert(_systemConfig, uint256)
    self.lifecycle = _lifecycle
    self.claims = _claims
    self.anchorStateRegistry = _anchorStateRegistry
    self.proofMaturityDelaySeconds = _proofMaturityDelaySeconds
    deposit_market._open(staticcall ISystemConfig(_systemConfig).resourceConfig())


# Deposits


@external
@payable
def depositTransaction(
    _to: address, _value: uint256, _gasLimit: uint64, _isCreation: bool, _data: Bytes[MAX_DEPOSIT + 32]
):
    """
    @notice Deposits ETH and a call, executed on the rollup as sent from the caller (its alias where that is a contract).
    @param _to Receiver on the rollup; zero for a creation.
    @param _value ETH that the call carries on the rollup, out of the sender's balance there and what is sent here.
    @param _gasLimit Gas of the call on the rollup, paid for here.
    @param _isCreation Whether the data is creation code.
    @param _data At most 120,000 bytes.
    """
    if len(_data) <= SHORT:
        self._deposit_short(msg.gas, _to, _value, _gasLimit, _isCreation, convert(_data, Bytes[SHORT]))
    else:
        gas_before: uint256 = msg.gas
        config: address = self._check_deposit(_to, _gasLimit, _isCreation, len(_data))
        log TransactionDeposited(
            from_=self._depositor(),
            to=_to,
            version=DEPOSIT_VERSION,
            opaqueData=concat(
                convert(msg.value, bytes32),
                convert(_value, bytes32),
                convert(_gasLimit, bytes8),
                convert(convert(_isCreation, uint8), bytes1),
                convert(_data, Bytes[MAX_DEPOSIT]),
            ),
        )
        deposit_market._pay_for(staticcall ISystemConfig(config).resourceConfig(), _gasLimit, gas_before)


@external
def closeDeposits():
    """
    @notice Ends deposits for good. For the rollup's Lifecycle, when it is closed.
    """
    if msg.sender != self.lifecycle:
        raw_revert(method_id("OptimismPortal_Unauthorized()"))
    self.settings |= CLOSED


@external
@payable
def __default__():
    """
    @notice ETH without a call is a deposit to the sender's address on the rollup.
    """
    assert len(msg.data) == 0, "OptimismPortal: no such function"
    self._deposit_short(msg.gas, msg.sender, msg.value, RECEIVE_DEFAULT_GAS_LIMIT, False, b"")


@external
@payable
def donateETH():
    """
    @notice Takes ETH without a deposit.
    """
    pass


@internal
@payable
def _deposit_short(
    gas_before: uint256, to: address, amount: uint256, gas_limit: uint64, is_creation: bool, data: Bytes[SHORT]
):
    config: address = self._check_deposit(to, gas_limit, is_creation, len(data))
    log TransactionDeposited(
        from_=self._depositor(),
        to=to,
        version=DEPOSIT_VERSION,
        opaqueData=concat(
            convert(msg.value, bytes32),
            convert(amount, bytes32),
            convert(gas_limit, bytes8),
            convert(convert(is_creation, uint8), bytes1),
            data,
        ),
    )
    deposit_market._pay_for(staticcall ISystemConfig(config).resourceConfig(), gas_limit, gas_before)


@internal
@payable
def _check_deposit(to: address, gas_limit: uint64, is_creation: bool, size: uint256) -> address:
    """
    @notice Refuses a deposit that may not be; the SystemConfig.
    """
    settings: uint256 = self.settings
    if settings >= CLOSED:
        raw_revert(method_id("OptimismPortal_DepositsClosed()"))
    # Nothing stands above the address.
    config: address = convert(settings, address)
    if is_creation and to != empty(address):
        raw_revert(method_id("OptimismPortal_BadTarget()"))
    if convert(gas_limit, uint256) < self._minimum_gas(size):
        raw_revert(method_id("OptimismPortal_GasLimitTooLow()"))
    if size > MAX_DEPOSIT:
        raw_revert(method_id("OptimismPortal_CalldataTooLarge()"))
    if msg.value != 0 and staticcall ISystemConfig(config).isFeatureEnabled(CUSTOM_GAS_TOKEN):
        raw_revert(method_id("OptimismPortal_NotAllowedOnCGTMode()"))
    return config


@internal
@view
def _depositor() -> address:
    """
    @notice The caller as the rollup sees it: an account under its own address, delegated by EIP-7702 or not, a contract
            under its alias, so that it cannot be mistaken for an account there.
    """
    if msg.sender == tx.origin:
        return msg.sender
    if msg.sender.codesize == 23 and slice(msg.sender.code, 0, 3) == x"ef0100":
        return msg.sender
    return convert(unsafe_add(convert(msg.sender, uint160), ALIAS_OFFSET), address)


@internal
@pure
def _minimum_gas(size: uint256) -> uint256:
    return size * 40 + 21_000


@external
@pure
def minimumGasLimit(_byteCount: uint64) -> uint64:
    """
    @notice The least gas of a deposit with this many bytes of data.
    """
    return convert(self._minimum_gas(convert(_byteCount, uint256)), uint64)


# Withdrawals


@external
def proveWithdrawalTransaction(
    _tx: WithdrawalTransaction,
    _disputeGameIndex: uint256,
    _outputRootProof: OutputRootProof,
    _withdrawalProof: DynArray[Bytes[merkle_trie.MAX_NODE], merkle_trie.MAX_DEPTH],
):
    """
    @notice Proves that a withdrawal was made on the rollup, against the output that a game proposes.
    @param _tx The withdrawal.
    @param _disputeGameIndex The game's place in the DisputeGameFactory.
    @param _outputRootProof What the game's root claim is the hash of.
    @param _withdrawalProof The trie nodes from the message passer's storage root to the withdrawal's entry.
    """
    self._check_running()
    game: address = self._game_for_proof(_disputeGameIndex, _tx.target, keccak256(abi_encode(_outputRootProof)))
    withdrawal: bytes32 = empty(bytes32)
    if len(_tx.data) <= SHORT:
        withdrawal = self._hash_short(
            _tx.nonce, _tx.sender, _tx.target, _tx.value, _tx.gasLimit, convert(_tx.data, Bytes[SHORT])
        )
    else:
        withdrawal = keccak256(
            abi_encode(_tx.nonce, _tx.sender, _tx.target, _tx.value, _tx.gasLimit, _tx.data)
        )
    # The entry of the mapping that Solidity would keep at slot 0 of the message passer.
    slot: bytes32 = keccak256(concat(withdrawal, empty(bytes32)))
    key: uint256 = convert(keccak256(slot), uint256)
    if merkle_trie._value_of(_outputRootProof.messagePasserStorageRoot, key, _withdrawalProof) != x"01":
        raw_revert(method_id("OptimismPortal_InvalidMerkleProof()"))

    self.proven[withdrawal][msg.sender] = (block.timestamp << 160) | convert(game, uint256)
    count: uint256 = self.numProofSubmitters[withdrawal]
    self.submitters[withdrawal][count] = msg.sender
    self.numProofSubmitters[withdrawal] = count + 1
    log WithdrawalProven(withdrawalHash=withdrawal, from_=_tx.sender, to=_tx.target)
    log WithdrawalProvenExtension1(withdrawalHash=withdrawal, proofSubmitter=msg.sender)


@external
def finalizeWithdrawalTransaction(_tx: WithdrawalTransaction):
    """
    @notice Executes a withdrawal that the caller has proven.
    """
    if len(_tx.data) <= SHORT:
        self._finalize_short(
            msg.sender, _tx.nonce, _tx.sender, _tx.target, _tx.value, _tx.gasLimit, convert(_tx.data, Bytes[SHORT])
        )
    else:
        withdrawal: bytes32 = keccak256(
            abi_encode(_tx.nonce, _tx.sender, _tx.target, _tx.value, _tx.gasLimit, _tx.data)
        )
        self._begin_late(withdrawal, msg.sender, _tx.sender, _tx.target, _tx.value)
        self._check_gas(_tx.gasLimit)
        success: bool = raw_call(_tx.target, _tx.data, value=_tx.value, revert_on_failure=False)
        self._end(withdrawal, success)


@external
def finalizeWithdrawalTransactionExternalProof(_tx: WithdrawalTransaction, _proofSubmitter: address):
    """
    @notice Executes a withdrawal that somebody else has proven.
    """
    if len(_tx.data) <= SHORT:
        self._finalize_short(
            _proofSubmitter,
            _tx.nonce,
            _tx.sender,
            _tx.target,
            _tx.value,
            _tx.gasLimit,
            convert(_tx.data, Bytes[SHORT]),
        )
    else:
        withdrawal: bytes32 = keccak256(
            abi_encode(_tx.nonce, _tx.sender, _tx.target, _tx.value, _tx.gasLimit, _tx.data)
        )
        self._begin_late(withdrawal, _proofSubmitter, _tx.sender, _tx.target, _tx.value)
        self._check_gas(_tx.gasLimit)
        success: bool = raw_call(_tx.target, _tx.data, value=_tx.value, revert_on_failure=False)
        self._end(withdrawal, success)


@internal
def _finalize_short(
    submitter: address,
    nonce: uint256,
    sender: address,
    target: address,
    amount: uint256,
    gas_limit: uint256,
    data: Bytes[SHORT],
):
    withdrawal: bytes32 = self._hash_short(nonce, sender, target, amount, gas_limit, data)
    service: address = self._begin(withdrawal, submitter, sender, target, amount)
    if service != empty(address):
        # What is longer is nothing whose worth is known.
        if len(data) > COUNTABLE:
            raw_revert(method_id("OptimismPortal_ProofNotOldEnough()"))
        extcall IServiceManager(service).charge(
            convert(self.settings & MASK_160, address), target, amount, convert(data, Bytes[COUNTABLE])
        )
    self._check_gas(gas_limit)
    success: bool = raw_call(target, data, value=amount, revert_on_failure=False)
    self._end(withdrawal, success)


@internal
@pure
def _hash_short(
    nonce: uint256, sender: address, target: address, amount: uint256, gas_limit: uint256, data: Bytes[SHORT]
) -> bytes32:
    return keccak256(abi_encode(nonce, sender, target, amount, gas_limit, data))


@internal
def _begin_late(withdrawal: bytes32, submitter: address, sender: address, target: address, amount: uint256):
    """
    @notice As `_begin`, for a withdrawal that is never paid ahead.
    """
    if self._begin(withdrawal, submitter, sender, target, amount) != empty(address):
        raw_revert(method_id("OptimismPortal_ProofNotOldEnough()"))


@internal
def _begin(
    withdrawal: bytes32, submitter: address, sender: address, target: address, amount: uint256
) -> address:
    """
    @notice All that must hold before a withdrawal is executed, and the mark that it has been.
    @return Whose stake has to be charged for it first; zero where the output is final.
    """
    self._check_running()
    if self.executing != empty(address):
        raw_revert(method_id("OptimismPortal_NoReentrancy()"))
    if target == self:
        raw_revert(method_id("OptimismPortal_BadTarget()"))
    # A call without the ETH for it would fail, and a withdrawal has one try.
    assert self.balance >= amount, "OptimismPortal: not enough ETH"
    service: address = self._check_withdrawal(withdrawal, submitter)
    self.finalizedWithdrawals[withdrawal] = True
    # A withdrawal's sender is never zero: nobody can send from there.
    self.executing = sender
    return service


@internal
@view
def _check_gas(gas_limit: uint256):
    """
    @notice The withdrawal's call must get the gas that it was made with, up to the most that L1 can give: or it could be
            made to fail, and it has one try.
    """
    gas_left: uint256 = msg.gas
    assert gas_left > CALL_OVERHEAD, "SafeCall: Not enough gas"
    assert (gas_left - CALL_OVERHEAD) * 63 // 64 >= min(gas_limit, MOST_GAS), "SafeCall: Not enough gas"


@internal
def _end(withdrawal: bytes32, success: bool):
    self.executing = empty(address)
    log WithdrawalFinalized(withdrawalHash=withdrawal, success=success)
    # Lets a wallet find out how much gas the call needs.
    if not success and tx.origin == ESTIMATION_ADDRESS:
        raw_revert(method_id("OptimismPortal_GasEstimation()"))


@internal
@view
def _game_for_proof(index: uint256, target: address, output_root: bytes32) -> address:
    """
    @notice The game at this index, if a withdrawal to `target` may be proven against it now.
    """
    registry: address = self.anchorStateRegistry
    factory: address = staticcall IAnchorStateRegistry(registry).disputeGameFactory()
    kind: uint32 = 0
    created: uint64 = 0
    game: address = empty(address)
    kind, created, game = staticcall IDisputeGameFactory(factory).gameAtIndex(index)
    if target == self:
        raw_revert(method_id("OptimismPortal_BadTarget()"))
    if not staticcall IAnchorStateRegistry(registry).isGameProper(game):
        raw_revert(method_id("OptimismPortal_ImproperDisputeGame()"))
    if not staticcall IAnchorStateRegistry(registry).isGameRespected(game):
        raw_revert(method_id("OptimismPortal_InvalidDisputeGame()"))
    if staticcall IFinalityModule(game).status() == CHALLENGER_WINS:
        raw_revert(method_id("OptimismPortal_InvalidDisputeGame()"))
    if block.timestamp <= convert(created, uint256):
        raw_revert(method_id("OptimismPortal_InvalidProofTimestamp()"))
    if output_root != staticcall IFinalityModule(game).rootClaim():
        raw_revert(method_id("OptimismPortal_InvalidOutputRootProof()"))
    return game


@internal
@view
def _check_withdrawal(withdrawal: bytes32, submitter: address) -> address:
    """
    @notice Reverts where a withdrawal cannot be paid; else whose stake has to be charged for it, or zero.
    """
    if self.finalizedWithdrawals[withdrawal]:
        raw_revert(method_id("OptimismPortal_AlreadyFinalized()"))
    proven: uint256 = self.proven[withdrawal][submitter]
    if proven == 0:
        raw_revert(method_id("OptimismPortal_Unproven()"))
    game: address = convert(proven & MASK_160, address)
    proven_at: uint256 = proven >> 160
    if proven_at <= convert(staticcall IFinalityModule(game).createdAt(), uint256):
        raw_revert(method_id("OptimismPortal_InvalidProofTimestamp()"))
    registry: address = self.anchorStateRegistry
    is_mature: bool = block.timestamp - proven_at > self.proofMaturityDelaySeconds
    if is_mature and staticcall IAnchorStateRegistry(registry).isGameClaimValid(game):
        return empty(address)
    # Whether it is proper, was asked when it was proven: it may have been taken out since.
    if (
        block.timestamp > proven_at
        and staticcall IAnchorStateRegistry(registry).isGameProper(game)
        and staticcall IAnchorStateRegistry(registry).isGameRespected(game)
    ):
        service: address = staticcall IFinalityModule(game).certifiedBy()
        if service != empty(address):
            return service
    if is_mature:
        raw_revert(method_id("OptimismPortal_InvalidRootClaim()"))
    raw_revert(method_id("OptimismPortal_ProofNotOldEnough()"))


@external
@view
def checkWithdrawal(_withdrawalHash: bytes32, _proofSubmitter: address):
    """
    @notice Reverts with the reason for which a withdrawal cannot be finalized with this submitter's proof. What is paid ahead
            the ServiceManager has to charge too, which depends on more than the hash.
    """
    self._check_withdrawal(_withdrawalHash, _proofSubmitter)


@external
@view
def provenWithdrawals(_withdrawalHash: bytes32, _proofSubmitter: address) -> (address, uint64):
    """
    @notice The game that a withdrawal was last proven against by this submitter, and when.
    """
    proven: uint256 = self.proven[_withdrawalHash][_proofSubmitter]
    return (
        convert(proven & MASK_160, address),
        convert(proven >> 160, uint64),
    )


@external
@view
def proofSubmitters(_withdrawalHash: bytes32, _index: uint256) -> address:
    """
    @notice Who proved a withdrawal, in order; there are `numProofSubmitters`.
    """
    assert _index < self.numProofSubmitters[_withdrawalHash], "OptimismPortal: no such proof submitter"
    return self.submitters[_withdrawalHash][_index]


@external
@view
def l2Sender() -> address:
    """
    @notice While a withdrawal is executed, its sender on the rollup.
    """
    return DEFAULT_L2_SENDER if self.executing == empty(address) else self.executing


# Claims


@external
def payClaim(_recipient: address, _amount: uint256) -> bool:
    """
    @notice Pays what is proven of the rollup's last state. For its Claims, which pays nothing twice.
    @return Whether the recipient took it.
    """
    if msg.sender != self.claims:
        raw_revert(method_id("OptimismPortal_Unauthorized()"))
    # While a withdrawal is executed, whom the portal calls would take its sender for theirs.
    if self.executing != empty(address):
        raw_revert(method_id("OptimismPortal_NoReentrancy()"))
    return raw_call(_recipient, b"", value=_amount, gas=CLAIM_GAS, revert_on_failure=False)


# What other contracts know


@external
@view
def systemConfig() -> address:
    return self._config()


@external
@view
def depositsClosed() -> bool:
    """
    @notice Whether the rollup is closed and takes no deposits any more.
    """
    return self.settings >= CLOSED


@internal
@view
def _config() -> address:
    return convert(self.settings & MASK_160, address)


@internal
@view
def _check_running():
    if staticcall ISystemConfig(self._config()).paused():
        raw_revert(method_id("OptimismPortal_CallPaused()"))


@external
@view
def paused() -> bool:
    return staticcall ISystemConfig(self._config()).paused()


@external
@view
def guardian() -> address:
    return staticcall ISystemConfig(self._config()).guardian()


@external
@view
def superchainConfig() -> address:
    return staticcall ISystemConfig(self._config()).superchainConfig()


@external
@view
def disputeGameFactory() -> address:
    return staticcall IAnchorStateRegistry(self.anchorStateRegistry).disputeGameFactory()


@external
@view
def disputeGameFinalityDelaySeconds() -> uint256:
    return staticcall IAnchorStateRegistry(self.anchorStateRegistry).disputeGameFinalityDelaySeconds()


@external
@view
def respectedGameType() -> uint32:
    return staticcall IAnchorStateRegistry(self.anchorStateRegistry).respectedGameType()


@external
@view
def respectedGameTypeUpdatedAt() -> uint64:
    return staticcall IAnchorStateRegistry(self.anchorStateRegistry).retirementTimestamp()


@external
@view
def disputeGameBlacklist(_disputeGame: address) -> bool:
    return staticcall IAnchorStateRegistry(self.anchorStateRegistry).disputeGameBlacklist(_disputeGame)


@external
@view
def ethLockbox() -> address:
    """
    @notice Zero: the ETH is held here.
    """
    return empty(address)
