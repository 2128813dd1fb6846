# pragma version 0.4.3
"""
@title Records of claims
@notice Whom each holder's claims pay, once that is known, and what was paid to it: a word a holder, with a mark for ETH and
        for each of the tokens that were opened first, so that a second claim changes a slot that is there.
"""

MASK_160: constant(uint256) = 2**160 - 1
# The mark of ETH in a holder's record; those of tokens lie behind it. What has no room there has a slot of its own.
ETH_MARK: constant(uint256) = 160
LAST_MARK: constant(uint256) = 255

# marks << 160 | recipient: a holder's, once it is known. A mark says that something was paid.
records: HashMap[address, uint256]
# The marks of tokens beyond those, by holder and mark.
marked: HashMap[address, HashMap[uint256, bool]]


@internal
@view
def _known(account: address) -> address:
    record: uint256 = self.records[account]
    if record == 0:
        raw_revert(abi_encode(account, method_id=method_id("Claims_UnknownHolder(address)")))
    return convert(record & MASK_160, address)


@internal
def _set(account: address, recipient: address, mark: uint256) -> bool:
    """
    @notice Marks something as paid, and keeps who is; false where it was.
    """
    if mark > LAST_MARK:
        if self.marked[account][mark]:
            return False
        self.marked[account][mark] = True
        return True
    record: uint256 = self.records[account]
    if (record >> mark) & 1 != 0:
        return False
    self.records[account] = record | (1 << mark) | convert(recipient, uint256)
    return True


@internal
def _clear(account: address, mark: uint256):
    """
    @notice Opens again what could not be paid.
    """
    if mark > LAST_MARK:
        self.marked[account][mark] = False
    else:
        self.records[account] &= ~(1 << mark)


@internal
@view
def _is_set(account: address, mark: uint256) -> bool:
    return self.marked[account][mark] if mark > LAST_MARK else (self.records[account] >> mark) & 1 != 0


@external
@view
def recipientOf(_account: address) -> address:
    """
    @notice Whom a holder's claims pay; zero where no claim has told it yet.
    """
    return convert(self.records[_account] & MASK_160, address)
