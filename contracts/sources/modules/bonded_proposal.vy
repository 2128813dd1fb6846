# pragma version 0.4.3
"""
@title A proposal with a bond, which anybody may challenge with another
@dev What BondedProposal is, for modules that add to it (RestakedProposal). The contract that imports this calls `__init__` in
     its own, and has `certifiedBy`.

     Nobody has a veto. While the challenge window is open, anybody may put up the same bond against the proposal. Without
     a challenge it resolves for the proposer when the window closes. With one it waits for the module's resolver, which
     gives both bonds to the side that is right (see IBondedProposal). A proposal takes one challenge, which may be the
     proposer's own: so the resolver cannot pass an output before everybody's time to look at it is over, and has the
     whole resolution window after it. Where there is no resolver, or it says nothing by then, the proposal expires: both
     bonds go back and the output can never be used. The same output can be proposed again under other extra data.

     Where the challenger is right, a quarter of the lost bond is burnt: whoever challenges his own false proposal, to take
     the one challenge, pays for it.

     Each proposal is a clone with its data behind its code (see DisputeGameFactory); this module's arguments there are the
     registry (20 bytes), the challenge window and the resolution window in seconds (8 each), the resolver (20, or zero),
     the time of the rollup's genesis and its block time, in seconds (8 each). By the last two a proposal of a block that
     cannot be there yet is refused.
"""

from interfaces import IAnchorStateRegistry

event Resolved:
    status: indexed(uint8)

event Challenged:
    challenger: indexed(address)

event Expired:
    pass

event CreditClaimed:
    recipient: indexed(address)
    amount: uint256

IN_PROGRESS: constant(uint8) = 0
CHALLENGER_WINS: constant(uint8) = 1
DEFENDER_WINS: constant(uint8) = 2
# The part of a lost bond that nobody gets, and where it goes.
BURNT_PART: constant(uint256) = 4
# How far a rollup's block may be ahead of its L1 origin in time (specification: maximum sequencer drift).
MOST_DRIFT: constant(uint256) = 1800
BURN_ADDRESS: constant(address) = 0x000000000000000000000000000000000000dEaD

# Where the data behind the code of an EIP-1167 clone starts, and where each item of it is.
DATA: constant(uint256) = 45
ROOT_CLAIM: constant(uint256) = DATA + 20
L1_HEAD: constant(uint256) = ROOT_CLAIM + 32
GAME_TYPE: constant(uint256) = L1_HEAD + 32
REGISTRY: constant(uint256) = GAME_TYPE + 4
CHALLENGE_WINDOW: constant(uint256) = REGISTRY + 20
RESOLUTION_WINDOW: constant(uint256) = CHALLENGE_WINDOW + 8
RESOLVER: constant(uint256) = RESOLUTION_WINDOW + 8
GENESIS_TIME: constant(uint256) = RESOLVER + 20
BLOCK_TIME: constant(uint256) = GENESIS_TIME + 8
EXTRA: constant(uint256) = BLOCK_TIME + 8

createdAt: public(uint64)
status: public(uint8)
resolvedAt: public(uint64)
wasRespectedGameTypeWhenCreated: public(bool)
bond: public(uint256)
challenger: public(address)
challengedAt: public(uint64)
credit: public(HashMap[address, uint256])


@deploy
def __init__():
    # The implementation is no proposal and cannot become one.
    self.createdAt = 1


# The life of a proposal


@internal
@payable
def _start(is_any_block: bool):
    """
    @notice Starts the proposal, once, with the bond that comes along.
    @param is_any_block Whether it may be of a block that is not later than the anchor's.
    """
    assert self.createdAt == 0, "BondedProposal: already initialized"
    registry: IAnchorStateRegistry = IAnchorStateRegistry(self._registry())
    clone: address = self
    size: uint256 = clone.codesize
    assert size == EXTRA + 32 or size == EXTRA + 64, "BondedProposal: extra data is a block number and 32 bytes at most"
    root: bytes32 = empty(bytes32)
    number: uint256 = 0
    root, number = staticcall registry.getAnchorRoot()
    proposed: uint256 = self._sequence_number()
    assert is_any_block or proposed > number, "BondedProposal: not later than the anchor"
    # Nobody else has such a block to compare the output with.
    if proposed > convert(max_value(uint64), uint256):
        raw_revert(method_id("BondedProposal_BlockOutOfRange()"))
    if self._time_of(proposed) > block.timestamp + MOST_DRIFT:
        raw_revert(method_id("BondedProposal_BlockInTheFuture()"))
    self.createdAt = convert(block.timestamp, uint64)
    self.bond = msg.value
    self.wasRespectedGameTypeWhenCreated = staticcall registry.respectedGameType() == self._game_type()


@external
@payable
def challenge():
    """
    @notice Disputes the proposal. The value must be its bond.
    """
    assert self.status == IN_PROGRESS, "BondedProposal: already resolved"
    assert self.challenger == empty(address), "BondedProposal: already challenged"
    assert self.createdAt > 1, "BondedProposal: not a proposal"
    assert block.timestamp < self._challenge_deadline(), "BondedProposal: the challenge window is over"
    assert msg.value == self.bond, "BondedProposal: a challenge takes the same bond"
    self.challenger = msg.sender
    self.challengedAt = convert(block.timestamp, uint64)
    log Challenged(challenger=msg.sender)


@external
def settle(_holds: bool):
    """
    @notice The resolver's word on a challenged proposal: both bonds go to the side that is right, but for a quarter of the
            proposer's where it is the challenger. That the output holds it can say when the challenge window is over; that
            it does not, at once.
    """
    assert msg.sender == self._resolver(), "BondedProposal: caller is not the resolver"
    assert self.challenger != empty(address), "BondedProposal: not challenged"
    assert self.status == IN_PROGRESS, "BondedProposal: already resolved"
    assert block.timestamp < self._expiry(), "BondedProposal: expired"
    assert not _holds or block.timestamp >= self._challenge_deadline(), "BondedProposal: the challenge window is open"
    bond: uint256 = self.bond
    if _holds:
        self.credit[self._creator()] += 2 * bond
        self._resolve(DEFENDER_WINS)
    else:
        burnt: uint256 = bond // BURNT_PART
        self.credit[self.challenger] += 2 * bond - burnt
        self._resolve(CHALLENGER_WINS)
        # An account that nobody has the key of, and without code: the call cannot fail.
        raw_call(BURN_ADDRESS, b"", value=burnt)


@external
def resolve() -> uint8:
    """
    @notice Ends a proposal whose time is over: for the proposer where nobody challenged it, as expired where nobody
            decided the challenge.
    """
    assert self.status == IN_PROGRESS, "BondedProposal: already resolved"
    assert self.createdAt > 1, "BondedProposal: not a proposal"
    if self.challenger == empty(address):
        assert block.timestamp >= self._challenge_deadline(), "BondedProposal: the challenge window is open"
        self.credit[self._creator()] += self.bond
        self._resolve(DEFENDER_WINS)
    else:
        assert block.timestamp >= self._expiry(), "BondedProposal: the challenge is not decided"
        self.credit[self._creator()] += self.bond
        self.credit[self.challenger] += self.bond
        log Expired()
        self._resolve(CHALLENGER_WINS)
    return self.status


@internal
def _resolve(status: uint8):
    self.status = status
    self.resolvedAt = convert(block.timestamp, uint64)
    log Resolved(status=status)


@external
@nonreentrant
def claimCredit(_recipient: address):
    """
    @notice Pays out what a side has got back or won. Anybody may call; the money goes to the recipient.
    """
    amount: uint256 = self.credit[_recipient]
    assert amount != 0, "BondedProposal: no credit"
    self.credit[_recipient] = 0
    log CreditClaimed(recipient=_recipient, amount=amount)
    sent: bool = raw_call(_recipient, b"", value=amount, revert_on_failure=False)
    assert sent, "BondedProposal: the recipient refuses the payment"


# The data behind the code


@internal
@view
def _word(at: uint256) -> uint256:
    """
    @dev The clone's code, not the code that runs: `self.code` would be the implementation's. Extra data comes last and
         takes 32 bytes or more, so that a whole word can be read from where any item starts.
    """
    clone: address = self
    return convert(slice(clone.code, at, 32), uint256)


@internal
@view
def _creator() -> address:
    return convert(self._word(DATA) >> 96, address)


@internal
@view
def _root_claim() -> bytes32:
    return convert(self._word(ROOT_CLAIM), bytes32)


@internal
@view
def _game_type() -> uint32:
    return convert(self._word(GAME_TYPE) >> 224, uint32)


@internal
@view
def _registry() -> address:
    return convert(self._word(REGISTRY) >> 96, address)


@internal
@view
def _resolver() -> address:
    return convert(self._word(RESOLVER) >> 96, address)


@internal
@view
def _time_of(number: uint256) -> uint256:
    """
    @dev All three are less than 2**64.
    """
    return (self._word(GENESIS_TIME) >> 192) + number * (self._word(BLOCK_TIME) >> 192)


@internal
@view
def _sequence_number() -> uint256:
    return self._word(EXTRA)


@internal
@view
def _extra() -> Bytes[64]:
    clone: address = self
    if clone.codesize > EXTRA + 32:
        return slice(clone.code, EXTRA, 64)
    return slice(clone.code, EXTRA, 32)


@internal
@view
def _challenge_deadline() -> uint256:
    return convert(self.createdAt, uint256) + (self._word(CHALLENGE_WINDOW) >> 192)


@internal
@view
def _expiry() -> uint256:
    return self._challenge_deadline() + (self._word(RESOLUTION_WINDOW) >> 192)


@external
@view
def gameCreator() -> address:
    """
    @notice Who proposed.
    """
    return self._creator()


@external
@view
def rootClaim() -> bytes32:
    """
    @notice The output root.
    """
    return self._root_claim()


@external
@view
def l1Head() -> bytes32:
    """
    @notice The hash of the L1 block before the proposal's: what the output must follow from.
    """
    return convert(self._word(L1_HEAD), bytes32)


@external
@view
def gameType() -> uint32:
    """
    @notice The number under which the factory knows the module.
    """
    return self._game_type()


@external
@view
def anchorStateRegistry() -> address:
    """
    @notice The registry that the proposal was made for.
    """
    return self._registry()


@external
@view
def resolver() -> address:
    """
    @notice The contract that decides a challenge, or zero.
    """
    return self._resolver()


@external
@view
def l2SequenceNumber() -> uint256:
    """
    @notice The number of the rollup's block whose output is proposed.
    """
    return self._sequence_number()


@external
@view
def l2BlockNumber() -> uint256:
    """
    @notice The number of the rollup's block whose output is proposed.
    """
    return self._sequence_number()


@external
@view
def extraData() -> Bytes[64]:
    """
    @notice The block's number, and what tells proposals of the same output apart.
    """
    return self._extra()


@external
@view
def gameData() -> (uint32, bytes32, Bytes[64]):
    """
    @notice Type, root claim and extra data: what the factory knows the proposal by.
    """
    return self._game_type(), self._root_claim(), self._extra()


@external
@view
def challengeDeadline() -> uint256:
    """
    @notice From when on the proposal can no longer be challenged.
    """
    return self._challenge_deadline()


@external
@view
def expiry() -> uint256:
    """
    @notice From when on a challenged proposal expires; zero where nobody has challenged it.
    """
    return 0 if self.challenger == empty(address) else self._expiry()
