# pragma version 0.4.3
# pragma optimize codesize
"""
@title DisputeGameFactory
@notice Makes the games that propose outputs of the rollup: anybody may, with the bond of the game's type.
@dev ABI of the OP Stack's contract. A game is an EIP-1167 clone of its type's implementation, with data behind its code:
     creator (20 bytes), root claim (32), hash of the L1 block before (32), game type (4), the type's arguments, extra data.
     The owner is the timelock.
"""

from interfaces import IFinalityModule
from modules import initializable
from modules import owned

initializes: initializable
initializes: owned
exports: (owned.owner, owned.transferOwnership, owned.renounceOwnership)

event DisputeGameCreated:
    disputeProxy: indexed(address)
    gameType: indexed(uint32)
    rootClaim: indexed(bytes32)

event ImplementationSet:
    impl: indexed(address)
    gameType: indexed(uint32)

event ImplementationArgsSet:
    gameType: indexed(uint32)
    args: Bytes[MAX_ARGS]

event InitBondUpdated:
    gameType: indexed(uint32)
    newBond: indexed(uint256)

struct GameSearchResult:
    index: uint256
    metadata: bytes32
    timestamp: uint64
    rootClaim: bytes32
    extraData: Bytes[MAX_EXTRA]

version: public(constant(String[5])) = "1.4.0"
MAX_ARGS: constant(uint256) = 128
MAX_EXTRA: constant(uint256) = 64
MAX_RESULTS: constant(uint256) = 16
MAX_SEARCH: constant(uint256) = 1024
MASK_64: constant(uint256) = 2**64 - 1
MASK_160: constant(uint256) = 2**160 - 1

gameImpls: public(HashMap[uint32, address])
gameArgs: public(HashMap[uint32, Bytes[MAX_ARGS]])
initBonds: public(HashMap[uint32, uint256])
gameCount: public(uint256)
# Of each game: type << 224 | time << 160 | address
list: HashMap[uint256, uint256]
known: HashMap[bytes32, uint256]


@deploy
def __init__():
    initializable.__init__()


@external
def initialize(_owner: address, _gameType: uint32, _impl: address, _args: Bytes[MAX_ARGS], _initBond: uint256):
    """
    @notice Sets the factory up, once, with the rollup's first game type.
    """
    initializable._initialize()
    owned._transfer(_owner)
    self._set_implementation(_gameType, _impl, _args)
    self._set_init_bond(_gameType, _initBond)


@external
@payable
@nonreentrant
def create(_gameType: uint32, _rootClaim: bytes32, _extraData: Bytes[MAX_EXTRA]) -> address:
    """
    @notice Proposes an output. The value must be the type's bond.
    @param _rootClaim The output root.
    @param _extraData The number of the block as 32 bytes; up to 32 more tell proposals of the same output apart.
    """
    implementation: address = self.gameImpls[_gameType]
    if implementation == empty(address):
        raw_revert(concat(method_id("NoImplementation(uint32)"), convert(convert(_gameType, uint256), bytes32)))
    if msg.value != self.initBonds[_gameType]:
        raw_revert(method_id("IncorrectBondAmount()"))
    uuid: bytes32 = self._uuid(_gameType, _rootClaim, _extraData)
    if self.known[uuid] != 0:
        raw_revert(concat(method_id("GameAlreadyExists(bytes32)"), uuid))

    code: Bytes[512] = concat(
        x"363d3d373d3d3d363d73",
        convert(implementation, bytes20),
        x"5af43d82803e903d91602b57fd5bf3",
        convert(msg.sender, bytes20),
        _rootClaim,
        blockhash(block.number - 1),
        convert(_gameType, bytes4),
        self.gameArgs[_gameType],
        _extraData,
    )
    # PUSH2 length, return what follows these ten bytes.
    game: address = raw_create(
        concat(x"61", convert(convert(len(code), uint16), bytes2), x"3d81600a3d39f3", code), salt=uuid
    )
    identifier: uint256 = (
        (convert(_gameType, uint256) << 224) | (block.timestamp << 160) | convert(game, uint256)
    )
    self.known[uuid] = identifier
    self.list[self.gameCount] = identifier
    self.gameCount += 1
    log DisputeGameCreated(disputeProxy=game, gameType=_gameType, rootClaim=_rootClaim)
    extcall IFinalityModule(game).initialize(value=msg.value)
    return game


# What the timelock decides


@external
def setImplementation(_gameType: uint32, _impl: address, _args: Bytes[MAX_ARGS] = b""):
    """
    @notice Sets the contract that games of a type are clones of, and the arguments behind their code; zero ends a type.
    """
    owned._check()
    self._set_implementation(_gameType, _impl, _args)


@external
def setInitBond(_gameType: uint32, _initBond: uint256):
    """
    @notice Sets the bond of a type's games to come.
    """
    owned._check()
    self._set_init_bond(_gameType, _initBond)


@internal
def _set_implementation(game_type: uint32, implementation: address, args: Bytes[MAX_ARGS]):
    self.gameImpls[game_type] = implementation
    self.gameArgs[game_type] = args
    log ImplementationSet(impl=implementation, gameType=game_type)
    log ImplementationArgsSet(gameType=game_type, args=args)


@internal
def _set_init_bond(game_type: uint32, bond: uint256):
    self.initBonds[game_type] = bond
    log InitBondUpdated(gameType=game_type, newBond=bond)


# The games there are


@internal
@pure
def _uuid(game_type: uint32, root_claim: bytes32, extra_data: Bytes[MAX_EXTRA]) -> bytes32:
    return keccak256(abi_encode(game_type, root_claim, extra_data))


@external
@pure
def getGameUUID(_gameType: uint32, _rootClaim: bytes32, _extraData: Bytes[MAX_EXTRA]) -> bytes32:
    """
    @notice What a game is known by; also the salt of its address.
    """
    return self._uuid(_gameType, _rootClaim, _extraData)


@external
@view
def games(_gameType: uint32, _rootClaim: bytes32, _extraData: Bytes[MAX_EXTRA]) -> (address, uint64):
    """
    @notice The game with this data and the time it was made; zeros where there is none.
    """
    identifier: uint256 = self.known[self._uuid(_gameType, _rootClaim, _extraData)]
    return convert(identifier & MASK_160, address), convert((identifier >> 160) & MASK_64, uint64)


@external
@view
def gameAtIndex(_index: uint256) -> (uint32, uint64, address):
    """
    @notice A game by its place in the order of creation: type, time, address.
    """
    assert _index < self.gameCount, "DisputeGameFactory: no such game"
    identifier: uint256 = self.list[_index]
    return (
        convert(identifier >> 224, uint32),
        convert((identifier >> 160) & MASK_64, uint64),
        convert(identifier & MASK_160, address),
    )


@external
@view
def findLatestGames(_gameType: uint32, _start: uint256, _n: uint256) -> DynArray[GameSearchResult, MAX_RESULTS]:
    """
    @notice The games of a type at `_start` and before, newest first: at most 16, among the 1,024 places looked at.
    """
    results: DynArray[GameSearchResult, MAX_RESULTS] = []
    if _start >= self.gameCount:
        return results
    for back: uint256 in range(MAX_SEARCH):
        if back > _start or len(results) >= min(_n, MAX_RESULTS):
            break
        identifier: uint256 = self.list[_start - back]
        if identifier >> 224 == convert(_gameType, uint256):
            game: address = convert(identifier & MASK_160, address)
            results.append(
                GameSearchResult(
                    index=_start - back,
                    metadata=convert(identifier, bytes32),
                    timestamp=convert((identifier >> 160) & MASK_64, uint64),
                    rootClaim=staticcall IFinalityModule(game).rootClaim(),
                    extraData=staticcall IFinalityModule(game).extraData(),
                )
            )
    return results
