# pragma version 0.4.3
"""
@title Dissolver
@notice Runs the applications' last calls when the rollup ends, and keeps whom L1 pays for what their contracts hold.
@dev When an ephemeral rollup is closed on L1, derivation appends a few blocks to the last ordinary one. Each has one
     transaction that no user sent, from the account that also sends the L1 attributes: `dissolve`. It calls
     `onDissolve()` of the registered applications one after another, each with the gas that it has reserved and no more,
     and in the last of these blocks it sets `finished`, whatever happened. That mark is how L1 knows the rollup's last
     state, so storage is part of the interface; Dissolver.layout.json fixes it: `finished` is slot 0, and the resolver of
     an application lies at keccak256(1 . application), each of 32 bytes.

     Reserving gas takes a deposit, which comes back with `unregister` or at the end: whoever wants to keep others out has
     to put it up for as long as he does.
"""

event Registered:
    application: indexed(address)
    gasLimit: uint64
    deposit: uint256

event Unregistered:
    application: indexed(address)
    deposit: uint256

event ResolverSet:
    application: indexed(address)
    resolver: indexed(address)

event ApplicationDissolved:
    application: indexed(address)
    success: bool
    returned: bool

event ApplicationSkipped:
    application: indexed(address)

event Finished:
    pass

version: public(constant(String[5])) = "1.0.0"

DEPOSITOR: constant(address) = 0xDeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001
MESSENGER: constant(address) = 0x4200000000000000000000000000000000000007
# How many blocks derivation appends, and what hooks can have of one.
BLOCKS: public(constant(uint256)) = 4
BLOCK_GAS: constant(uint256) = 15_000_000
# What derivation keeps of a block's gas for itself.
SYSTEM_GAS: constant(uint256) = 1_000_000
MIN_HOOK_GAS: constant(uint64) = 25_000
MAX_HOOK_GAS: constant(uint64) = 5_000_000
# What a hook's call, its deposit's return and the books about both cost at most, beside the hook's own gas.
OVERHEAD: constant(uint256) = 120_000
RETURN_GAS: constant(uint256) = 30_000
# What remains for the end of the call.
ENDING: constant(uint256) = 100_000
# More hooks than the capacity has room for.
MOST_HOOKS: constant(uint256) = 512
DEPOSIT_PER_GAS: public(constant(uint256)) = 100 * 10**9

finished: public(bool)
resolverOf: public(HashMap[address, address])
# From the first of the appended blocks on.
isDissolving: public(bool)
# The next application to be called.
cursor: public(uint256)
count: public(uint256)
# The gas of all hooks with their overhead.
reserved: public(uint256)
applications: public(HashMap[uint256, address])
# (place + 1) << 64 | gas
entries: HashMap[address, uint256]
deposits: public(HashMap[address, uint256])


@deploy
def __init__():
    pass


@internal
@view
def _capacity() -> uint256:
    """
    @dev Of a small block a quarter is left for what lies between a hook's gas and the block's.
    """
    of_block: uint256 = block.gaslimit - min(SYSTEM_GAS, block.gaslimit)
    return BLOCKS * min(BLOCK_GAS, of_block * 3 // 4)


@external
@payable
def register(_gas: uint64):
    """
    @notice Has the caller's `onDissolve()` called at the end with this much gas. The value is the deposit for it.
    """
    if self.isDissolving:
        raw_revert(method_id("Dissolver_Dissolving()"))
    if self.entries[msg.sender] != 0:
        raw_revert(method_id("Dissolver_AlreadyRegistered()"))
    if _gas < MIN_HOOK_GAS or _gas > MAX_HOOK_GAS:
        raw_revert(method_id("Dissolver_BadGas()"))
    gas_limit: uint256 = convert(_gas, uint256)
    if msg.value != gas_limit * DEPOSIT_PER_GAS:
        raw_revert(method_id("Dissolver_WrongDeposit()"))
    reserved: uint256 = self.reserved + gas_limit + OVERHEAD
    if reserved > self._capacity():
        raw_revert(method_id("Dissolver_Full()"))
    self.reserved = reserved
    place: uint256 = self.count
    self.count = place + 1
    self.applications[place] = msg.sender
    self.entries[msg.sender] = ((place + 1) << 64) | gas_limit
    self.deposits[msg.sender] = msg.value
    log Registered(application=msg.sender, gasLimit=_gas, deposit=msg.value)


@external
def unregister():
    """
    @notice Takes the caller out again and returns its deposit. The last application takes its place.
    """
    if self.isDissolving:
        raw_revert(method_id("Dissolver_Dissolving()"))
    entry: uint256 = self.entries[msg.sender]
    if entry == 0:
        raw_revert(method_id("Dissolver_NotRegistered()"))
    place: uint256 = (entry >> 64) - 1
    last: uint256 = self.count - 1
    if place != last:
        moved: address = self.applications[last]
        self.applications[place] = moved
        self.entries[moved] = ((place + 1) << 64) | (self.entries[moved] & (2**64 - 1))
    self.applications[last] = empty(address)
    self.entries[msg.sender] = 0
    self.count = last
    self.reserved -= (entry & (2**64 - 1)) + OVERHEAD
    deposit: uint256 = self.deposits[msg.sender]
    self.deposits[msg.sender] = 0
    log Unregistered(application=msg.sender, deposit=deposit)
    returned: bool = raw_call(msg.sender, b"", value=deposit, revert_on_failure=False)
    if not returned:
        raw_revert(method_id("Dissolver_DepositRefused()"))


@external
def setResolver(_resolver: address):
    """
    @notice Names who gets on L1 what the caller holds at the end: an account, or a contract that divides it; zero takes
            it back. Good for contracts; an account without code gets its own. Not for the messenger, which calls what
            anybody on L1 says and keeps the ether of other people's messages.
    """
    if msg.sender == MESSENGER:
        raw_revert(method_id("Dissolver_NotForMessenger()"))
    self.resolverOf[msg.sender] = _resolver
    log ResolverSet(application=msg.sender, resolver=_resolver)


@external
def dissolve(_index: uint256, _count: uint256):
    """
    @notice Calls the applications whose turn it is. Only derivation calls this, once in each of the blocks at the end.
    @dev It never reverts: a hook gets no more gas than it has reserved, what it returns is not looked at, and what it does
         here changes no list. It begins with a hook only where the gas for it and for the end is there. One that does not
         fit into a block that has called none yet can never be called, and is left out.
    @param _index This block's place among the appended ones, from zero on.
    @param _count How many there are.
    """
    if msg.sender != DEPOSITOR:
        raw_revert(method_id("Dissolver_Unauthorized()"))
    if self.finished:
        return
    self.isDissolving = True
    is_last: bool = _count == 0 or _index >= _count - 1
    if is_last:
        self.finished = True
        log Finished()
    place: uint256 = self.cursor
    end: uint256 = self.count
    called: uint256 = 0
    for turn: uint256 in range(MOST_HOOKS):
        if place >= end or msg.gas < ENDING:
            break
        application: address = self.applications[place]
        gas_limit: uint256 = self.entries[application] & (2**64 - 1)
        if msg.gas < gas_limit + gas_limit // 63 + OVERHEAD + ENDING:
            if called != 0 and not is_last:
                break
            log ApplicationSkipped(application=application)
        else:
            called += 1
            deposit: uint256 = self.deposits[application]
            self.deposits[application] = 0
            # Before the hook, so that the application can give it away too.
            returned: bool = raw_call(application, b"", value=deposit, gas=RETURN_GAS, revert_on_failure=False)
            if not returned:
                self.deposits[application] = deposit
            success: bool = raw_call(application, method_id("onDissolve()"), gas=gas_limit, revert_on_failure=False)
            log ApplicationDissolved(application=application, success=success, returned=returned)
        place += 1
    self.cursor = place


@external
@view
def gasOf(_application: address) -> uint64:
    """
    @notice The gas that an application has reserved; zero where it is not registered.
    """
    return convert(self.entries[_application] & (2**64 - 1), uint64)


@external
@view
def capacity() -> uint256:
    """
    @notice How much gas there is to reserve altogether, at the present gas limit. A hook takes 120,000 beside its own.
    """
    return self._capacity()
