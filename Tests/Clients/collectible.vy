# An ERC-721 collection that anybody may mint in.
event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    tokenId: indexed(uint256)

name: public(String[32])
symbol: public(String[8])
ownerOf: public(HashMap[uint256, address])
getApproved: public(HashMap[uint256, address])
isApprovedForAll: public(HashMap[address, HashMap[address, bool]])

@deploy
def __init__():
    self.name = "Trials"
    self.symbol = "TRYS"

@external
@view
def supportsInterface(interfaceId: bytes4) -> bool:
    return interfaceId in [0x01ffc9a7, 0x80ac58cd]

@external
def mint(tokenId: uint256):
    assert self.ownerOf[tokenId] == empty(address), "minted"
    self.ownerOf[tokenId] = msg.sender
    log Transfer(sender=empty(address), receiver=msg.sender, tokenId=tokenId)

@external
def approve(spender: address, tokenId: uint256):
    assert self.ownerOf[tokenId] == msg.sender, "not yours"
    self.getApproved[tokenId] = spender

@internal
def move(owner: address, receiver: address, tokenId: uint256, by: address):
    assert self.ownerOf[tokenId] == owner, "not the owner's"
    assert by in [owner, self.getApproved[tokenId]], "not allowed"
    self.getApproved[tokenId] = empty(address)
    self.ownerOf[tokenId] = receiver
    log Transfer(sender=owner, receiver=receiver, tokenId=tokenId)

@external
def transferFrom(owner: address, receiver: address, tokenId: uint256):
    self.move(owner, receiver, tokenId, msg.sender)

@external
def safeTransferFrom(owner: address, receiver: address, tokenId: uint256):
    self.move(owner, receiver, tokenId, msg.sender)
