# pragma version 0.4.3
"""
@title One owner, with the names and events of OpenZeppelin's Ownable
@dev The contract that imports this sets the owner in its initializer with `_transfer`.
"""

event OwnershipTransferred:
    previousOwner: indexed(address)
    newOwner: indexed(address)

owner: public(address)


@internal
def _check():
    assert msg.sender == self.owner, "Ownable: caller is not the owner"


@internal
def _transfer(new_owner: address):
    log OwnershipTransferred(previousOwner=self.owner, newOwner=new_owner)
    self.owner = new_owner


@external
def transferOwnership(newOwner: address):
    """
    @notice Hands the owner's rights over.
    """
    self._check()
    assert newOwner != empty(address), "Ownable: new owner is the zero address"
    self._transfer(newOwner)


@external
def renounceOwnership():
    """
    @notice Gives the owner's rights up for good.
    """
    self._check()
    self._transfer(empty(address))
