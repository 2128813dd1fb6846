# pragma version 0.4.3
# pragma optimize gas
"""
@title Claims
@notice Pays out what a rollup's last state says who has, after its end: ETH, tokens and collections, by Merkle proof.
@dev `settle` takes the last state from an output that is final under the rollup's security: that it is the last one the
     mark in the rollup's Dissolver says, which the last block alone sets. After that nothing can change what is paid.

     A claim pays its holder, whoever sends it: an account without code under its own address, one that EIP-7702 delegates
     too, a contract by the resolver that it had named in Dissolver. Each pays once; what has left by a withdrawal is not
     in the last state, so nothing is paid by both. A payment that its recipient refuses stays open and holds no other up.
     A claim that was paid before is passed over, so nobody can spoil a transaction of many by being quicker with one.

     A token is opened once by anybody, which proves its code, its partner on L1 and its bridge, and keeps the root of its
     storage. Its claims then need the nodes of that trie alone, where the holder is known from a claim before. Nodes are
     listed as `trie_walk` reads them: the walks of a function are in the order of its claims, and in each the holder's
     account (and its resolver) comes first where it is not known, but with `claimItems`, where the item does.
"""

from interfaces import IAnchorStateRegistry
from interfaces import IFinalityModule
from interfaces import ILifecycle
from modules import claim_records
from modules import last_state
from modules import settled_tokens
from modules import trie_walk

initializes: claim_records
initializes: last_state
initializes: settled_tokens[last_state := last_state]

exports: (
    claim_records.recipientOf,
    last_state.finalStateRoot,
    settled_tokens.collectionOf,
    settled_tokens.collectionOfERC1155,
    settled_tokens.settledERC1155,
    settled_tokens.settledERC721,
    settled_tokens.storageRootOf,
    settled_tokens.tokenCount,
    settled_tokens.tokenOf,
)

interface Portal:
    def payClaim(_recipient: address, _amount: uint256) -> bool: nonpayable

interface StandardBridge:
    def payClaim(
        _localToken: address, _remoteToken: address, _recipient: address, _amount: uint256
    ) -> bool: nonpayable

interface ERC721Bridge:
    def deposits(_localToken: address, _remoteToken: address, _tokenId: uint256) -> bool: view

interface SettledCollection:
    def mint(_to: address, _tokenId: uint256) -> bool: nonpayable

interface SettledBalances:
    def mint(_holder: address, _to: address, _id: uint256, _value: uint256) -> bool: nonpayable

struct OutputRootProof:
    version: bytes32
    stateRoot: bytes32
    messagePasserStorageRoot: bytes32
    latestBlockhash: bytes32

# The delegate is shown where EIP-7702 gives the account code, and zero otherwise.
struct Holder:
    account: address
    delegate: address

# The delegate is that of the item's owner.
struct Item:
    id: uint256
    delegate: address

# So much of an item as an account has.
struct Balance:
    id: uint256
    account: address
    delegate: address

event Settled:
    stateRoot: indexed(bytes32)
    game: indexed(address)

# The token is zero for ETH.
event Claimed:
    token: indexed(address)
    holder: indexed(address)
    recipient: address
    amount: uint256

event ItemClaimed:
    token: indexed(address)
    holder: indexed(address)
    recipient: address
    id: uint256

event BalanceClaimed:
    token: indexed(address)
    holder: indexed(address)
    recipient: address
    id: uint256
    amount: uint256

# The claim stays open. The amount is an item's number where the token is a collection.
event PaymentFailed:
    token: indexed(address)
    holder: indexed(address)
    recipient: address
    amount: uint256

version: public(constant(String[5])) = "1.0.0"

MAX_CLAIMS: constant(uint256) = 100
ITEM_GAS: constant(uint256) = 250_000
SETTLING: constant(uint8) = 2

# A rollup's Claims is an EIP-1167 clone with the addresses of the rollup's other contracts behind its code: to read them
# there takes a tenth of what storage does, and nobody can change them.
CLONE_SIZE: constant(uint256) = 45
LIFECYCLE: constant(uint256) = 0
OPTIMISM_PORTAL: constant(uint256) = 1
STANDARD_BRIDGE: constant(uint256) = 2
ERC721_BRIDGE: constant(uint256) = 3
ANCHOR_STATE_REGISTRY: constant(uint256) = 4


@deploy
def __init__(_settledERC721: address, _settledERC1155: address):
    """
    @param _settledERC721 What collections of the rollup run on L1.
    @param _settledERC1155 The same for those of items in any number.
    """
    settled_tokens.__init__(_settledERC721, _settledERC1155)


@internal
@view
def _contract(number: uint256) -> address:
    """
    @notice One of the rollup's other contracts.
    """
    # The clone's code; `self.code` would be the code that runs.
    clone: address = self
    place: uint256 = unsafe_add(CLONE_SIZE, unsafe_mul(20, number))
    return convert(convert(slice(clone.code, place, 20), bytes20), address)


@external
@view
def lifecycle() -> address:
    return self._contract(LIFECYCLE)


@external
@view
def optimismPortal() -> address:
    return self._contract(OPTIMISM_PORTAL)


@external
@view
def standardBridge() -> address:
    return self._contract(STANDARD_BRIDGE)


@external
@view
def erc721Bridge() -> address:
    return self._contract(ERC721_BRIDGE)


@external
@view
def anchorStateRegistry() -> address:
    return self._contract(ANCHOR_STATE_REGISTRY)


# The last state


@external
@nonreentrant
def settle(_game: address, _outputRootProof: OutputRootProof, _nodes: Bytes[trie_walk.MAX_NODES]):
    """
    @notice Takes over the rollup's last state. Anybody may.
    @param _game A proposal whose output is final, of the last block.
    @param _outputRootProof What the output's root is the hash of.
    @param _nodes To Dissolver's account, and in its storage to `finished`.
    """
    if last_state.finalStateRoot != empty(bytes32):
        raw_revert(method_id("Claims_AlreadySettled()"))
    if staticcall ILifecycle(self._contract(LIFECYCLE)).state() != SETTLING:
        raw_revert(method_id("Claims_NotSettling()"))
    if not staticcall IAnchorStateRegistry(self._contract(ANCHOR_STATE_REGISTRY)).isGameClaimValid(_game):
        raw_revert(method_id("Claims_NotFinal()"))
    if (
        _outputRootProof.version != empty(bytes32)
        or keccak256(abi_encode(_outputRootProof)) != staticcall IFinalityModule(_game).rootClaim()
    ):
        raw_revert(method_id("Claims_WrongOutputRootProof()"))
    # The nodes are the sixth word: the proof of the output has four.
    last_state._settle(_outputRootProof.stateRoot, 5)
    extcall ILifecycle(self._contract(LIFECYCLE)).dissolve(_outputRootProof.stateRoot)
    # From now on nobody looks at outputs: one that is not final yet would pay what claims are owed.
    extcall IAnchorStateRegistry(self._contract(ANCHOR_STATE_REGISTRY)).noteDissolved()
    log Settled(stateRoot=_outputRootProof.stateRoot, game=_game)


# The lists of claims are read from the call's data, one at a time: copying them into memory behind all that is there costs
# more than a claim of one should. The external functions have checked their form.


@internal
@view
def _list(argument: uint256) -> (uint256, uint256):
    """
    @notice Where the elements of an argument that is a list start in the call's data, and how many there are.
    """
    at: uint256 = unsafe_add(convert(slice(msg.data, unsafe_add(4, argument << 5), 32), uint256), 4)
    return unsafe_add(at, 32), convert(slice(msg.data, at, 32), uint256)


@internal
@view
def _pair(at: uint256) -> (uint256, address):
    """
    @notice An element of two words: an account or an item's number, and a delegate.
    """
    pair: Bytes[64] = slice(msg.data, at, 64)
    return convert(extract32(pair, 0), uint256), extract32(pair, 32, output_type=address)


# ETH and tokens


@external
@nonreentrant
def claimETH(_holders: DynArray[Holder, MAX_CLAIMS], _nodes: Bytes[trie_walk.MAX_NODES]):
    """
    @notice Pays the ETH of these accounts. It also keeps whom they are paid by, for claims of other things; one may be
            given for that alone.
    """
    self._claim_eth(1)


@external
@nonreentrant
def claimETHOf(_account: address, _delegate: address, _nodes: Bytes[trie_walk.MAX_NODES]):
    """
    @notice `claimETH` of one account, for a little less gas.
    """
    self._claim_eth(2)


@internal
def _claim_eth(nodes: uint256):
    """
    @param nodes Which argument has the nodes: the second, behind a list of holders, or the third, behind one's two words.
    """
    root: bytes32 = last_state._root()
    portal: address = self._contract(OPTIMISM_PORTAL)
    states: trie_walk.Walk = trie_walk._begin(nodes, trie_walk.LEVELS if nodes == 1 else 0)
    resolvers: trie_walk.Walk = states
    is_new: bool = False
    at: uint256 = 4
    count: uint256 = 1
    if nodes == 1:
        at, count = self._list(0)
    for index: uint256 in range(count, bound=MAX_CLAIMS):
        word: uint256 = 0
        delegate: address = empty(address)
        word, delegate = self._pair(at)
        at = unsafe_add(at, 64)
        account: address = convert(word, address)
        recipient: address = empty(address)
        amount: uint256 = 0
        states, recipient, amount = last_state._holder(states, root, account, delegate)
        if recipient == empty(address):
            resolvers, recipient = last_state._resolver(resolvers, states.cursor, account)
            states.cursor = resolvers.cursor
        if claim_records._set(account, recipient, claim_records.ETH_MARK):
            is_new = True
            if amount != 0:
                is_paid: bool = extcall Portal(portal).payClaim(recipient, amount)
                self._note(empty(address), claim_records.ETH_MARK, account, recipient, amount, is_paid)
    if not is_new:
        raw_revert(method_id("Claims_NothingToPay()"))


@external
@nonreentrant
def claimTokens(
    _token: address,
    _holders: DynArray[Holder, MAX_CLAIMS],
    _areKnown: bool,
    _nodes: Bytes[trie_walk.MAX_NODES],
):
    """
    @notice Pays these accounts' balances of a token: one of L1 that was bridged, or WETH, which is paid as ETH.
    @param _areKnown Whether claims before have told whom the accounts are paid by, so that the nodes need not.
    """
    self._claim_tokens(_token, _areKnown, 3)


@external
@nonreentrant
def claimTokensOf(
    _token: address, _account: address, _delegate: address, _isKnown: bool, _nodes: Bytes[trie_walk.MAX_NODES]
):
    """
    @notice `claimTokens` of one account, for a little less gas.
    """
    self._claim_tokens(_token, _isKnown, 4)


@internal
def _claim_tokens(token: address, are_known: bool, nodes: uint256):
    """
    @param nodes Which argument has the nodes: the fourth, where there is a list of holders, or the fifth.
    """
    root: bytes32 = last_state._root()
    kind: uint8 = 0
    counterpart: address = empty(address)
    mark: uint256 = 0
    kind, counterpart, mark = settled_tokens._opened(token)
    mark = unsafe_add(mark, claim_records.ETH_MARK + 1)
    payer: address = empty(address)
    if kind == settled_tokens.IS_WETH:
        payer = self._contract(OPTIMISM_PORTAL)
    elif kind == settled_tokens.IS_ERC20:
        payer = self._contract(STANDARD_BRIDGE)
    else:
        raw_revert(method_id("Claims_NotOpened()"))
    storage_root: bytes32 = settled_tokens.storageRootOf[token]
    states: trie_walk.Walk = trie_walk._begin(nodes, trie_walk.LEVELS if nodes == 3 else 0)
    resolvers: trie_walk.Walk = states
    balances: trie_walk.Walk = states
    is_new: bool = False
    at: uint256 = 36
    count: uint256 = 1
    if nodes == 3:
        at, count = self._list(1)
    for index: uint256 in range(count, bound=MAX_CLAIMS):
        word: uint256 = 0
        delegate: address = empty(address)
        word, delegate = self._pair(at)
        at = unsafe_add(at, 64)
        account: address = convert(word, address)
        recipient: address = empty(address)
        amount: uint256 = 0
        if are_known:
            recipient = claim_records._known(account)
        else:
            states.cursor = balances.cursor
            states, recipient, amount = last_state._holder(states, root, account, delegate)
            if recipient == empty(address):
                resolvers, recipient = last_state._resolver(resolvers, states.cursor, account)
                states.cursor = resolvers.cursor
            balances.cursor = states.cursor
        balances, amount = trie_walk._word(
            balances, storage_root, keccak256(abi_encode(empty(uint256), account))
        )
        if amount != 0 and claim_records._set(account, recipient, mark):
            is_new = True
            is_paid: bool = False
            if kind == settled_tokens.IS_WETH:
                is_paid = extcall Portal(payer).payClaim(recipient, amount)
            else:
                is_paid = extcall StandardBridge(payer).payClaim(counterpart, token, recipient, amount)
            self._note(token, mark, account, recipient, amount, is_paid)
    if not is_new:
        raw_revert(method_id("Claims_NothingToPay()"))


@internal
def _note(token: address, mark: uint256, account: address, recipient: address, amount: uint256, is_paid: bool):
    """
    @notice Writes down what was paid, and opens again what was not.
    """
    if is_paid:
        log Claimed(token=token, holder=account, recipient=recipient, amount=amount)
    else:
        claim_records._clear(account, mark)
        log PaymentFailed(token=token, holder=account, recipient=recipient, amount=amount)


@external
@view
def isClaimed(_token: address, _account: address) -> bool:
    """
    @notice Whether an account's balance of a token, or its ETH (token zero), was paid.
    """
    if _token == empty(address):
        return claim_records._is_set(_account, claim_records.ETH_MARK)
    kind: uint8 = 0
    counterpart: address = empty(address)
    number: uint256 = 0
    kind, counterpart, number = settled_tokens._opened(_token)
    return kind != 0 and claim_records._is_set(_account, claim_records.ETH_MARK + 1 + number)


# Collections


@external
@nonreentrant
def claimItems(
    _token: address, _items: DynArray[Item, MAX_CLAIMS], _areKnown: bool, _nodes: Bytes[trie_walk.MAX_NODES]
):
    """
    @notice Hands the items of a collection to their owners: those of L1 that were bridged, and those that were minted on
            the rollup, which come into being here.
    @param _areKnown Whether claims of the owners' ETH have told whom they are paid by.
    """
    self._claim_items(_token, _areKnown)


@internal
def _claim_items(token: address, are_known: bool):
    root: bytes32 = last_state._root()
    kind: uint8 = 0
    counterpart: address = empty(address)
    number: uint256 = 0
    kind, counterpart, number = settled_tokens._opened(token)
    if kind != settled_tokens.IS_ERC721 and kind != settled_tokens.IS_NATIVE_ERC721:
        raw_revert(method_id("Claims_NotOpened()"))
    storage_root: bytes32 = settled_tokens.storageRootOf[token]
    owners: trie_walk.Walk = trie_walk._begin(3)
    states: trie_walk.Walk = owners
    resolvers: trie_walk.Walk = owners
    is_new: bool = False
    at: uint256 = 0
    count: uint256 = 0
    at, count = self._list(1)
    for index: uint256 in range(count, bound=MAX_CLAIMS):
        id: uint256 = 0
        delegate: address = empty(address)
        id, delegate = self._pair(at)
        at = unsafe_add(at, 64)
        word: uint256 = 0
        owners, word = trie_walk._word(owners, storage_root, keccak256(abi_encode(empty(uint256), id)))
        owner: address = convert(word & last_state.MASK_160, address)
        if owner == empty(address):
            raw_revert(abi_encode(id, method_id=method_id("Claims_NoSuchItem(uint256)")))
        recipient: address = empty(address)
        if are_known:
            recipient = claim_records._known(owner)
        else:
            balance: uint256 = 0
            states.cursor = owners.cursor
            states, recipient, balance = last_state._holder(states, root, owner, delegate)
            if recipient == empty(address):
                resolvers, recipient = last_state._resolver(resolvers, states.cursor, owner)
                states.cursor = resolvers.cursor
            owners.cursor = states.cursor
        success: bool = False
        if kind == settled_tokens.IS_NATIVE_ERC721:
            success = extcall SettledCollection(counterpart).mint(recipient, id)
            if not success:
                continue
        else:
            bridge: address = self._contract(ERC721_BRIDGE)
            if not staticcall ERC721Bridge(bridge).deposits(counterpart, token, id):
                continue
            success = raw_call(
                bridge,
                abi_encode(
                    counterpart,
                    token,
                    recipient,
                    id,
                    method_id=method_id("payClaim(address,address,address,uint256)"),
                ),
                gas=ITEM_GAS,
                revert_on_failure=False,
            )
        is_new = True
        if success:
            log ItemClaimed(token=token, holder=owner, recipient=recipient, id=id)
        else:
            log PaymentFailed(token=token, holder=owner, recipient=recipient, amount=id)
    if not is_new:
        raw_revert(method_id("Claims_NothingToPay()"))


@external
@nonreentrant
def claimBalances(
    _token: address, _balances: DynArray[Balance, MAX_CLAIMS], _areKnown: bool, _nodes: Bytes[trie_walk.MAX_NODES]
):
    """
    @notice Brings over what accounts have of items that were minted on the rollup in any number (ERC-1155).
    @param _areKnown Whether claims before have told whom the accounts are paid by.
    """
    self._claim_balances(_token, _areKnown)


@internal
def _claim_balances(token: address, are_known: bool):
    root: bytes32 = last_state._root()
    kind: uint8 = 0
    twin: address = empty(address)
    number: uint256 = 0
    kind, twin, number = settled_tokens._opened(token)
    if kind != settled_tokens.IS_NATIVE_ERC1155:
        raw_revert(method_id("Claims_NotOpened()"))
    storage_root: bytes32 = settled_tokens.storageRootOf[token]
    states: trie_walk.Walk = trie_walk._begin(3)
    resolvers: trie_walk.Walk = states
    balances: trie_walk.Walk = states
    is_new: bool = False
    at: uint256 = 0
    count: uint256 = 0
    at, count = self._list(1)
    for index: uint256 in range(count, bound=MAX_CLAIMS):
        id: uint256 = convert(slice(msg.data, at, 32), uint256)
        word: uint256 = 0
        delegate: address = empty(address)
        word, delegate = self._pair(unsafe_add(at, 32))
        at = unsafe_add(at, 96)
        account: address = convert(word, address)
        recipient: address = empty(address)
        amount: uint256 = 0
        if are_known:
            recipient = claim_records._known(account)
        else:
            states.cursor = balances.cursor
            states, recipient, amount = last_state._holder(states, root, account, delegate)
            if recipient == empty(address):
                resolvers, recipient = last_state._resolver(resolvers, states.cursor, account)
                states.cursor = resolvers.cursor
            balances.cursor = states.cursor
        balances, amount = trie_walk._word(
            balances, storage_root, keccak256(abi_encode(keccak256(abi_encode(empty(uint256), id)), account))
        )
        if amount != 0 and extcall SettledBalances(twin).mint(account, recipient, id, amount):
            is_new = True
            log BalanceClaimed(token=token, holder=account, recipient=recipient, id=id, amount=amount)
    if not is_new:
        raw_revert(method_id("Claims_NothingToPay()"))


# Tokens are opened


@external
@nonreentrant
def openToken(_token: address, _nodes: Bytes[trie_walk.MAX_NODES]):
    """
    @notice Opens WETH, or a token or collection that stands for one of L1.
    @param _nodes To the token's account, and in its storage to its partner on L1 and to its bridge.
    """
    settled_tokens._open_token(_token, 1)


@external
@nonreentrant
def openCollection(
    _token: address,
    _name: String[64],
    _symbol: String[32],
    _baseTokenURI: String[160],
    _nodes: Bytes[trie_walk.MAX_NODES],
):
    """
    @notice Opens a collection that was minted on the rollup: makes the one that its tokens live in on L1.
    @param _baseTokenURI The third of its texts; of an ERC-1155 it is the URI.
    @param _nodes To the collection's account, and in its storage to the hash of the three texts.
    """
    settled_tokens._open_collection(_token, _name, _symbol, _baseTokenURI, 4)
