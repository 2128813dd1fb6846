# A contract with a value, an event, and something to refuse.
event Counted:
    by: indexed(address)
    step: uint256
    total: uint256

total: public(uint256)
limit: public(uint256)

@deploy
def __init__(limit: uint256):
    self.limit = limit

@external
def count(step: uint256) -> uint256:
    assert self.total + step <= self.limit, "over the limit"
    self.total += step
    log Counted(by=msg.sender, step=step, total=self.total)
    return self.total
