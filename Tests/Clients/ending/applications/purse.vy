# pragma version 0.4.3
# What accounts with code of their own by EIP-7702 run: they take ether and do one thing for others.
event Opened:
    by: indexed(address)

@external
@payable
def __default__():
    pass

@external
def open():
    log Opened(by=msg.sender)

@external
def onERC721Received(operator: address, owner: address, token: uint256, data: Bytes[2048]) -> bytes4:
    return 0x150b7a02
