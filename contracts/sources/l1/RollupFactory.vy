# pragma version 0.4.3
# pragma optimize codesize
"""
@title RollupFactory
@notice Launches a rollup in one transaction: its contracts at addresses known beforehand, initialized and registered.
@dev Each contract is a clone that runs its implementation and leaves its administration to Proxy, made with CREATE2 and
     initialized in the same call; only Claims is an EIP-1167 clone of its code, without a proxy: what the last state says
     is paid by rules that nobody can change any more. The salt is hashed with the sender, so nobody else can take the
     addresses of a launch that he sees coming, and the L2 genesis, which names them, can be made before the launch. The
     administrator of every proxy is the timelock; the factory itself keeps no right over a rollup.
"""

from interfaces import ILifecycle
from interfaces import IRollupRegistry
from interfaces import ISystemConfig

interface Proxy:
    def initializeProxy(_implementation: address, _admin: address, _data: Bytes[MAX_CALL]): nonpayable

struct Implementations:
    proxy: address
    systemConfig: address
    optimismPortal: address
    l1CrossDomainMessenger: address
    l1StandardBridge: address
    l1ERC721Bridge: address
    anchorStateRegistry: address
    disputeGameFactory: address
    finalityModule: address
    lifecycle: address
    claims: address

struct Contracts:
    systemConfig: address
    optimismPortal: address
    l1CrossDomainMessenger: address
    l1StandardBridge: address
    l1ERC721Bridge: address
    anchorStateRegistry: address
    disputeGameFactory: address
    lifecycle: address
    claims: address
    # There is none where the rollup has no idle rule.
    batchInbox: address

struct Launch:
    owner: address
    parameters: ISystemConfig.Parameters
    genesisHash: bytes32
    genesisOutputRoot: bytes32
    configurationHash: bytes32
    proposalBond: uint256
    challengeWindow: uint64
    resolutionWindow: uint64
    resolver: address
    finalityDelay: uint64
    maturityDelay: uint64
    genesisTime: uint64
    blockTime: uint64
    life: ILifecycle.Terms

event Launched:
    systemConfig: indexed(address)
    launcher: indexed(address)
    id: indexed(uint256)
    contracts: Contracts

version: public(constant(String[5])) = "1.0.0"
MAX_CALL: constant(uint256) = 1024
# Deposits of an L1 block: with less gas than this for all of them the longest, of 120,000 bytes, could not be made.
MIN_RESOURCE_LIMIT: constant(uint32) = 5_000_000
# keccak256("eip1967.proxy.implementation") - 1
IMPLEMENTATION_SLOT: constant(bytes32) = 0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc
# The second bytes of the selectors of Proxy, 1e, 28, 51, 59, 60 and e9, as bits of a word, counted from the highest. Of the
# other functions of a rollup's contracts no frequent one has such a byte; among the first bytes that of `paused` is.
PROXY_BYTES: constant(bytes29) = 0x0200800000000040408000000000000000000000000000000000400000

registry: public(immutable(address))
timelock: public(immutable(address))
gameType: public(immutable(uint32))
IMPLEMENTATIONS: immutable(Implementations)
BATCH_INBOX_CODE: immutable(Bytes[1024])


@deploy
def __init__(
    _registry: address,
    _timelock: address,
    _gameType: uint32,
    _implementations: Implementations,
    _batchInboxCode: Bytes[1024],
):
    """
    @param _registry Where launches are recorded; it must let this factory.
    @param _timelock Who may upgrade the rollups' contracts and choose their finality modules.
    @param _gameType The number of the finality module.
    @param _implementations What the proxies run.
    @param _batchInboxCode The creation code of BatchInbox, which has no proxy.
    """
    assert _timelock != empty(address), "RollupFactory: the timelock is zero"
    registry = _registry
    timelock = _timelock
    gameType = _gameType
    IMPLEMENTATIONS = _implementations
    BATCH_INBOX_CODE = _batchInboxCode


@external
def launch(_salt: bytes32, _launch: Launch) -> Contracts:
    """
    @notice Launches a rollup. A salt is good for one launch of each sender.
    @return The rollup's contracts; `predict` tells them beforehand.
    """
    assert _launch.owner != empty(address), "RollupFactory: the owner is zero"
    assert _launch.parameters.l2ChainId != 0, "RollupFactory: the chain id is zero"
    assert _launch.parameters.l2ChainId != chain.id, "RollupFactory: the chain id is that of L1"
    assert _launch.genesisHash != empty(bytes32), "RollupFactory: the genesis hash is zero"
    assert _launch.genesisOutputRoot != empty(bytes32), "RollupFactory: the genesis output is zero"
    assert _launch.challengeWindow != 0, "RollupFactory: the challenge window is zero"
    assert _launch.resolutionWindow != 0, "RollupFactory: the resolution window is zero"
    assert _launch.proposalBond != 0, "RollupFactory: the proposal bond is zero"
    assert _launch.finalityDelay != 0, "RollupFactory: the finality delay is zero"
    assert _launch.maturityDelay != 0, "RollupFactory: the maturity delay is zero"
    assert _launch.genesisTime != 0, "RollupFactory: the genesis time is zero"
    assert convert(_launch.genesisTime, uint256) <= block.timestamp, "RollupFactory: the genesis is in the future"
    assert _launch.blockTime != 0, "RollupFactory: the block time is zero"
    # The resolver's word makes outputs final. An account with a key could give it without a reason.
    assert _launch.resolver == empty(address) or _launch.resolver.is_contract, "RollupFactory: the resolver has no code"
    # The rollup's side has no such mode.
    assert not _launch.parameters.customGasToken, "RollupFactory: there is no custom gas token"
    assert _launch.parameters.maxResourceLimit >= MIN_RESOURCE_LIMIT, "RollupFactory: the deposit gas limit is too low"

    salt: bytes32 = self._salt_of(msg.sender, _salt)
    contracts: Contracts = self._contracts(salt)
    assert not contracts.systemConfig.is_contract, "RollupFactory: the salt is used up"
    creation_code: Bytes[134] = self._creation_code()
    for index: uint256 in range(8):
        clone: address = raw_create(creation_code, salt=self._salt_at(salt, index))
    claims: address = raw_create(self._claims_code(contracts), salt=self._salt_at(salt, 8))
    if _launch.life.idleBlocks != 0:
        assert _launch.parameters.batchInbox == contracts.batchInbox, (
            "RollupFactory: the idle rule needs the rollup's own batch inbox"
        )
        inbox: address = raw_create(self._inbox_code(contracts.lifecycle), salt=self._salt_at(salt, 9))

    self._set_up(
        contracts.systemConfig,
        IMPLEMENTATIONS.systemConfig,
        abi_encode(
            _launch.owner,
            _launch.parameters,
            ISystemConfig.Addresses(
                l1CrossDomainMessenger=contracts.l1CrossDomainMessenger,
                l1ERC721Bridge=contracts.l1ERC721Bridge,
                l1StandardBridge=contracts.l1StandardBridge,
                optimismPortal=contracts.optimismPortal,
                optimismMintableERC20Factory=empty(address),
                delayedWETH=empty(address),
                opcm=empty(address),
            ),
            contracts.disputeGameFactory,
            method_id=method_id(
                "initialize(address,(uint32,uint32,bytes32,uint64,address,uint32,uint32,uint32,uint64,uint64,uint16,uint32,address,uint256,address,bool),(address,address,address,address,address,address,address),address)"
            ),
        ),
    )
    self._set_up(
        contracts.optimismPortal,
        IMPLEMENTATIONS.optimismPortal,
        abi_encode(
            contracts.systemConfig,
            contracts.anchorStateRegistry,
            convert(_launch.maturityDelay, uint256),
            contracts.lifecycle,
            contracts.claims,
            method_id=method_id("initialize(address,address,uint256,address,address)"),
        ),
    )
    self._set_up(
        contracts.l1CrossDomainMessenger,
        IMPLEMENTATIONS.l1CrossDomainMessenger,
        abi_encode(
            contracts.systemConfig, contracts.optimismPortal, method_id=method_id("initialize(address,address)")
        ),
    )
    bridge_call: Bytes[100] = abi_encode(
        contracts.systemConfig,
        contracts.l1CrossDomainMessenger,
        contracts.claims,
        method_id=method_id("initialize(address,address,address)"),
    )
    self._set_up(contracts.l1StandardBridge, IMPLEMENTATIONS.l1StandardBridge, bridge_call)
    self._set_up(contracts.l1ERC721Bridge, IMPLEMENTATIONS.l1ERC721Bridge, bridge_call)
    self._set_up(
        contracts.anchorStateRegistry,
        IMPLEMENTATIONS.anchorStateRegistry,
        abi_encode(
            contracts.systemConfig,
            contracts.disputeGameFactory,
            _launch.genesisOutputRoot,
            empty(uint256),
            gameType,
            convert(_launch.finalityDelay, uint256),
            method_id=method_id("initialize(address,address,(bytes32,uint256),uint32,uint256)"),
        ),
    )
    self._set_up(
        contracts.disputeGameFactory,
        IMPLEMENTATIONS.disputeGameFactory,
        abi_encode(
            timelock,
            gameType,
            IMPLEMENTATIONS.finalityModule,
            concat(
                convert(contracts.anchorStateRegistry, bytes20),
                convert(_launch.challengeWindow, bytes8),
                convert(_launch.resolutionWindow, bytes8),
                convert(_launch.resolver, bytes20),
                convert(_launch.genesisTime, bytes8),
                convert(_launch.blockTime, bytes8),
            ),
            _launch.proposalBond,
            method_id=method_id("initialize(address,uint32,address,bytes,uint256)"),
        ),
    )
    self._set_up(
        contracts.lifecycle,
        IMPLEMENTATIONS.lifecycle,
        abi_encode(
            contracts.systemConfig,
            contracts.optimismPortal,
            contracts.claims,
            contracts.batchInbox,
            _launch.life,
            method_id=method_id("initialize(address,address,address,address,(uint64,uint64,uint64,address))"),
        ),
    )
    identifier: uint256 = extcall IRollupRegistry(registry).register(
        contracts.systemConfig,
        msg.sender,
        _launch.parameters.l2ChainId,
        _launch.genesisHash,
        _launch.configurationHash,
        contracts.lifecycle,
    )
    log Launched(systemConfig=contracts.systemConfig, launcher=msg.sender, id=identifier, contracts=contracts)
    return contracts


@internal
def _set_up(clone: address, implementation: address, data: Bytes[MAX_CALL]):
    extcall Proxy(clone).initializeProxy(implementation, timelock, data)


# Addresses


@external
@view
def predict(_launcher: address, _salt: bytes32) -> Contracts:
    """
    @notice The contracts of the rollup that this sender launches with this salt.
    """
    return self._contracts(self._salt_of(_launcher, _salt))


@external
@view
def isUsed(_launcher: address, _salt: bytes32) -> bool:
    """
    @notice Whether this sender has launched with this salt.
    """
    return self._contracts(self._salt_of(_launcher, _salt)).systemConfig.is_contract


@external
@view
def implementations() -> Implementations:
    """
    @notice What the proxies of a launch run.
    """
    return IMPLEMENTATIONS


@internal
@pure
def _salt_of(launcher: address, salt: bytes32) -> bytes32:
    return keccak256(abi_encode(launcher, salt))


@internal
@pure
def _salt_at(salt: bytes32, index: uint256) -> bytes32:
    return keccak256(abi_encode(salt, index))


@internal
@view
def _creation_code() -> Bytes[134]:
    """
    @dev Nine bytes that return the rest, and a clone of 125 bytes that runs its implementation itself: only what Proxy has
         functions for goes to Proxy, and what shares the second byte of its selector with one of them, which Proxy forwards.
         A clone without an implementation sends everything there, to be refused: a delegate call to address zero would be a
         success.

           at  code                    does                                             stack, its top to the right
                60 7d 80 60 09 5f 39   PUSH1 125, DUP1, PUSH1 9, PUSH0, CODECOPY        size
                5f f3                  PUSH0, RETURN
           00   36 5f 5f 37            CALLDATASIZE, PUSH0, PUSH0, CALLDATACOPY
           04   5f 5f 36 5f            PUSH0, PUSH0, CALLDATASIZE, PUSH0                0, 0, size, 0
           08   7f .. 54               PUSH32 slot, SLOAD                               .. implementation
           2a   7c ..                  PUSH29 bitmap                                    .. implementation, bitmap
           48   5f 35 60 01 1a         PUSH0, CALLDATALOAD, PUSH1 1, BYTE               .. implementation, bitmap, byte
           4d   1b 60 ff 1d            SHL, PUSH1 255, SAR                              .. implementation, mask
           51   81 11                  DUP2, GT                                         .. implementation, is larger
           53   60 6c 57               PUSH1 6c, JUMPI                                  .. implementation
           56   50 73 ..               POP, PUSH20 proxy                                .. proxy
           6c   5b 5a f4               JUMPDEST, GAS, DELEGATECALL                      success
           6f   3d 5f 5f 3e            RETURNDATASIZE, PUSH0, PUSH0, RETURNDATACOPY     success
           73   60 79 57               PUSH1 79, JUMPI
           76   3d 5f fd               RETURNDATASIZE, PUSH0, REVERT
           79   5b 3d 5f f3            JUMPDEST, RETURNDATASIZE, PUSH0, RETURN

         The mask is what the bitmap has for the byte, in all of a word's bits: of the two comparisons that the ordinary call
         needs, that the mask is zero and the implementation is not, GT makes one. Where there are less than two bytes of
         data, the byte is zero.
    """
    return concat(
        x"607d8060095f395ff3365f5f375f5f365f7f",
        IMPLEMENTATION_SLOT,
        x"547c",
        PROXY_BYTES,
        x"5f3560011a1b60ff1d8111606c575073",
        convert(IMPLEMENTATIONS.proxy, bytes20),
        x"5b5af43d5f5f3e6079573d5ffd5b3d5ff3",
    )


@internal
@view
def _claims_code(contracts: Contracts) -> Bytes[155]:
    """
    @dev EIP-1167: ten bytes that return the rest, a call of the code of Claims with all that comes; behind it the contracts
         that it asks.
    """
    return concat(
        x"3d609180600a3d3981f3363d3d373d3d3d363d73",
        convert(IMPLEMENTATIONS.claims, bytes20),
        x"5af43d82803e903d91602b57fd5bf3",
        convert(contracts.lifecycle, bytes20),
        convert(contracts.optimismPortal, bytes20),
        convert(contracts.l1StandardBridge, bytes20),
        convert(contracts.l1ERC721Bridge, bytes20),
        convert(contracts.anchorStateRegistry, bytes20),
    )


@internal
@view
def _inbox_code(lifecycle: address) -> Bytes[1056]:
    return concat(BATCH_INBOX_CODE, convert(lifecycle, bytes32))


@internal
@view
def _contracts(salt: bytes32) -> Contracts:
    code_hash: bytes32 = keccak256(self._creation_code())
    lifecycle: address = self._address_at(salt, 7, code_hash)
    contracts: Contracts = Contracts(
        systemConfig=self._address_at(salt, 0, code_hash),
        optimismPortal=self._address_at(salt, 1, code_hash),
        l1CrossDomainMessenger=self._address_at(salt, 2, code_hash),
        l1StandardBridge=self._address_at(salt, 3, code_hash),
        l1ERC721Bridge=self._address_at(salt, 4, code_hash),
        anchorStateRegistry=self._address_at(salt, 5, code_hash),
        disputeGameFactory=self._address_at(salt, 6, code_hash),
        lifecycle=lifecycle,
        claims=empty(address),
        batchInbox=self._address_at(salt, 9, keccak256(self._inbox_code(lifecycle))),
    )
    contracts.claims = self._address_at(salt, 8, keccak256(self._claims_code(contracts)))
    return contracts


@internal
@view
def _address_at(salt: bytes32, index: uint256, code_hash: bytes32) -> address:
    word: bytes32 = keccak256(concat(x"ff", convert(self, bytes20), self._salt_at(salt, index), code_hash))
    return convert(convert(word, uint256) & (2**160 - 1), address)
