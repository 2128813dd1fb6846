# pragma version 0.4.3
# pragma optimize codesize
"""
@title AnchorStateRegistry
@notice Says which outputs of the rollup are final, and keeps the newest of them as the start of new proposals.
@dev ABI of the OP Stack's contract. What takes an output's finality is asked of its game (see IFinalityModule).

     Three calls belong to the timelock, which owns the DisputeGameFactory. They choose the module of games to come, and
     they can take a game out that is not final yet. A game that is final stays so: neither `blacklistDisputeGame` nor
     `updateRetirementTimestamp` reaches it. Nor does a change of the respected type, since a game keeps what it was
     created under.

     When the rollup is dissolved nobody watches over outputs any more. What is final then stays so, the last state's output
     among it, against which every withdrawal can be proven; no other game counts from then on, whenever it was made.
"""

from interfaces import IDisputeGameFactory
from interfaces import IFinalityModule
from interfaces import ILifecycle
from interfaces import ISystemConfig
from modules import initializable

initializes: initializable

interface Config:
    def optimismPortal() -> address: view

interface Portal:
    def lifecycle() -> address: view

event AnchorUpdated:
    game: indexed(address)

event RespectedGameTypeSet:
    gameType: uint32

event RetirementTimestampSet:
    timestamp: uint256

event DisputeGameBlacklisted:
    disputeGame: indexed(address)

event Dissolved:
    timestamp: uint256

struct Proposal:
    root: bytes32
    l2SequenceNumber: uint256

version: public(constant(String[5])) = "3.8.1"
DEFENDER_WINS: constant(uint8) = 2
DISSOLVED: constant(uint8) = 3

systemConfig: public(address)
disputeGameFactory: public(address)
disputeGameFinalityDelaySeconds: public(uint256)
respectedGameType: public(uint32)
retirementTimestamp: public(uint64)
anchorGame: public(address)
startingAnchorRoot: public(Proposal)
disputeGameBlacklist: public(HashMap[address, bool])
# Seconds; zero while the rollup is not dissolved.
dissolvedAt: public(uint64)


@deploy
def __init__():
    initializable.__init__()


@external
def initialize(
    _systemConfig: address,
    _disputeGameFactory: address,
    _startingAnchorRoot: Proposal,
    _startingRespectedGameType: uint32,
    _disputeGameFinalityDelaySeconds: uint256,
):
    """
    @notice Sets the registry up, once, with the output of the rollup's genesis as the first anchor.
    """
    initializable._initialize()
    self.systemConfig = _systemConfig
    self.disputeGameFactory = _disputeGameFactory
    self.startingAnchorRoot = _startingAnchorRoot
    self.respectedGameType = _startingRespectedGameType
    self.disputeGameFinalityDelaySeconds = _disputeGameFinalityDelaySeconds


# What the timelock decides


@external
def setRespectedGameType(_gameType: uint32):
    """
    @notice Chooses the module of the games to come.
    """
    self._check_timelock()
    self.respectedGameType = _gameType
    log RespectedGameTypeSet(gameType=_gameType)


@external
def updateRetirementTimestamp():
    """
    @notice Takes out every game that exists and is not final.
    """
    self._check_timelock()
    self.retirementTimestamp = convert(block.timestamp, uint64)
    log RetirementTimestampSet(timestamp=block.timestamp)


@external
def blacklistDisputeGame(_disputeGame: address):
    """
    @notice Takes out one game that is not final.
    """
    self._check_timelock()
    assert not self._final_at(_disputeGame, block.timestamp), "AnchorStateRegistry: the game is final"
    self.disputeGameBlacklist[_disputeGame] = True
    log DisputeGameBlacklisted(disputeGame=_disputeGame)


@internal
@view
def _check_timelock():
    if msg.sender != staticcall IDisputeGameFactory(self.disputeGameFactory).owner():
        raw_revert(method_id("AnchorStateRegistry_Unauthorized()"))


# The end


@external
def noteDissolved():
    """
    @notice Takes out every game that is not final, and all to come, once the rollup is dissolved. Its Claims calls it in the
            transaction that dissolves it; later calls change nothing.
    """
    portal: address = staticcall Config(self.systemConfig).optimismPortal()
    if staticcall ILifecycle(staticcall Portal(portal).lifecycle()).state() != DISSOLVED:
        raw_revert(method_id("AnchorStateRegistry_NotDissolved()"))
    if self.dissolvedAt == 0:
        self.dissolvedAt = convert(block.timestamp, uint64)
        log Dissolved(timestamp=block.timestamp)


# What holds of a game


@external
@view
def isGameRegistered(_game: address) -> bool:
    """
    @notice Whether the rollup's factory made the game, for this registry.
    """
    return self._registered(_game)


@external
@view
def isGameRespected(_game: address) -> bool:
    """
    @notice Whether the game's module was the chosen one when the game was made.
    """
    return staticcall IFinalityModule(_game).wasRespectedGameTypeWhenCreated()


@external
@view
def isGameBlacklisted(_game: address) -> bool:
    """
    @notice Whether the timelock took this game out before it was final.
    """
    return self.disputeGameBlacklist[_game]


@external
@view
def isGameRetired(_game: address) -> bool:
    """
    @notice Whether the game was not final when the timelock retired those there were, or when the rollup was dissolved.
    """
    return self._retired(_game)


@external
@view
def isGameProper(_game: address) -> bool:
    """
    @notice Whether the game is registered, neither blacklisted nor retired, and the rollup is not paused.
    """
    return self._proper(_game)


@external
@view
def isGameResolved(_game: address) -> bool:
    """
    @notice Whether the game has come to a result.
    """
    return staticcall IFinalityModule(_game).resolvedAt() != 0


@external
@view
def isGameFinalized(_game: address) -> bool:
    """
    @notice Whether the result has stood for longer than the finality delay.
    """
    return self._final_at(_game, block.timestamp)


@external
@view
def isGameClaimValid(_game: address) -> bool:
    """
    @notice Whether the output that the game proposes is final: this is what the portal pays on.
    """
    return self._valid(_game)


@internal
@view
def _registered(game: address) -> bool:
    kind: uint32 = 0
    root: bytes32 = empty(bytes32)
    extra: Bytes[64] = b""
    kind, root, extra = staticcall IFinalityModule(game).gameData()
    registered: address = empty(address)
    created: uint64 = 0
    registered, created = staticcall IDisputeGameFactory(self.disputeGameFactory).games(kind, root, extra)
    return registered == game and staticcall IFinalityModule(game).anchorStateRegistry() == self


@internal
@view
def _final_at(game: address, at: uint256) -> bool:
    """
    @notice Whether the game's result had stood for longer than the delay at a time.
    """
    resolved_at: uint256 = convert(staticcall IFinalityModule(game).resolvedAt(), uint256)
    return resolved_at != 0 and resolved_at + self.disputeGameFinalityDelaySeconds < at


@internal
@view
def _retired(game: address) -> bool:
    dissolved: uint64 = self.dissolvedAt
    if dissolved != 0 and not self._final_at(game, convert(dissolved, uint256)):
        return True
    retirement: uint64 = self.retirementTimestamp
    if retirement == 0 or staticcall IFinalityModule(game).createdAt() > retirement:
        return False
    return not self._final_at(game, convert(retirement, uint256))


@internal
@view
def _proper(game: address) -> bool:
    return (
        self._registered(game)
        and not self.disputeGameBlacklist[game]
        and not self._retired(game)
        and not staticcall ISystemConfig(self.systemConfig).paused()
    )


@internal
@view
def _valid(game: address) -> bool:
    return (
        self._proper(game)
        and staticcall IFinalityModule(game).wasRespectedGameTypeWhenCreated()
        and self._final_at(game, block.timestamp)
        and staticcall IFinalityModule(game).status() == DEFENDER_WINS
    )


# The anchor


@external
def setAnchorState(_game: address):
    """
    @notice Makes a game the anchor: anybody may, where its output is final and later than the present anchor's.
    """
    if not self._valid(_game):
        raw_revert(method_id("AnchorStateRegistry_InvalidAnchorGame()"))
    root: bytes32 = empty(bytes32)
    number: uint256 = 0
    root, number = self._anchor()
    if staticcall IFinalityModule(_game).l2SequenceNumber() <= number:
        raw_revert(method_id("AnchorStateRegistry_InvalidAnchorGame()"))
    self.anchorGame = _game
    log AnchorUpdated(game=_game)


@internal
@view
def _anchor() -> (bytes32, uint256):
    game: address = self.anchorGame
    if game == empty(address):
        return self.startingAnchorRoot.root, self.startingAnchorRoot.l2SequenceNumber
    return staticcall IFinalityModule(game).rootClaim(), staticcall IFinalityModule(game).l2SequenceNumber()


@external
@view
def getAnchorRoot() -> (bytes32, uint256):
    """
    @notice The anchor's output root and block.
    """
    return self._anchor()


@external
@view
def anchors(_gameType: uint32) -> (bytes32, uint256):
    """
    @notice The anchor; the game type makes no difference.
    """
    return self._anchor()


@external
@view
def paused() -> bool:
    return staticcall ISystemConfig(self.systemConfig).paused()


@external
@view
def superchainConfig() -> address:
    return staticcall ISystemConfig(self.systemConfig).superchainConfig()
