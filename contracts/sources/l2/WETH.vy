# pragma version 0.4.3
"""
@title WETH
@notice Ether as an ERC-20 token, one for one. It stands at its address without a proxy: nobody can change it.
"""

event Approval:
    src: indexed(address)
    guy: indexed(address)
    wad: uint256

event Transfer:
    src: indexed(address)
    dst: indexed(address)
    wad: uint256

event Deposit:
    dst: indexed(address)
    wad: uint256

event Withdrawal:
    src: indexed(address)
    wad: uint256

name: public(constant(String[16])) = "Wrapped Ether"
symbol: public(constant(String[8])) = "WETH"
decimals: public(constant(uint8)) = 18

balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])


@deploy
def __init__():
    pass


@internal
@payable
def _deposit():
    self.balanceOf[msg.sender] += msg.value
    log Deposit(dst=msg.sender, wad=msg.value)


@internal
def _transfer(src: address, dst: address, wad: uint256):
    assert self.balanceOf[src] >= wad, "WETH: not enough"
    self.balanceOf[src] -= wad
    self.balanceOf[dst] += wad
    log Transfer(src=src, dst=dst, wad=wad)


@external
@payable
def __default__():
    self._deposit()


@external
@payable
def deposit():
    """
    @notice Wraps the value of the call.
    """
    self._deposit()


@external
def withdraw(wad: uint256):
    """
    @notice Unwraps an amount.
    """
    assert self.balanceOf[msg.sender] >= wad, "WETH: not enough"
    self.balanceOf[msg.sender] -= wad
    log Withdrawal(src=msg.sender, wad=wad)
    success: bool = raw_call(msg.sender, b"", value=wad, revert_on_failure=False)
    assert success, "WETH: the ether was refused"


@external
@view
def totalSupply() -> uint256:
    return self.balance


@external
def approve(guy: address, wad: uint256) -> bool:
    self.allowance[msg.sender][guy] = wad
    log Approval(src=msg.sender, guy=guy, wad=wad)
    return True


@external
def transfer(dst: address, wad: uint256) -> bool:
    self._transfer(msg.sender, dst, wad)
    return True


@external
def transferFrom(src: address, dst: address, wad: uint256) -> bool:
    allowed: uint256 = self.allowance[src][msg.sender]
    if src != msg.sender and allowed != max_value(uint256):
        assert allowed >= wad, "WETH: not allowed"
        self.allowance[src][msg.sender] = allowed - wad
    self._transfer(src, dst, wad)
    return True


@external
@pure
def version() -> String[16]:
    return "1.1.0"
