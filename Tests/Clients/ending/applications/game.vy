# pragma version 0.4.3
# A game for stakes of ether. At the rollup's end it may pay its players out by itself, name a resolver, or do nothing.
interface Dissolver:
    def register(limit: uint64): payable
    def setResolver(resolver: address): nonpayable

DISSOLVER: constant(address) = 0x42000000000000000000000000000000000007D0

founder: public(address)
stakes: public(HashMap[address, uint256])
players: public(DynArray[address, 64])

@deploy
def __init__():
    self.founder = msg.sender

@external
@payable
def __default__():
    pass

@external
@payable
def play():
    if self.stakes[msg.sender] == 0:
        self.players.append(msg.sender)
    self.stakes[msg.sender] += msg.value

@external
def beat(other: address):
    assert self.stakes[msg.sender] != 0
    won: uint256 = self.stakes[other] // 3
    self.stakes[other] -= won
    self.stakes[msg.sender] += won

@external
@view
def bag() -> Bytes[8]:
    return b"a bag"

@external
def onERC721Received(operator: address, owner: address, token: uint256, data: Bytes[2048]) -> bytes4:
    return 0x150b7a02

@external
def onERC1155Received(operator: address, sender: address, id: uint256, amount: uint256, data: Bytes[2048]) -> bytes4:
    return 0xf23a6e61

@external
def onERC1155BatchReceived(
    operator: address, sender: address, ids: DynArray[uint256, 64], amounts: DynArray[uint256, 64], data: Bytes[2048]
) -> bytes4:
    return 0xbc197c81

@external
@payable
def end_with_hook(limit: uint64):
    extcall Dissolver(DISSOLVER).register(limit, value=msg.value)

@external
def end_with_resolver(resolver: address):
    assert msg.sender == self.founder
    extcall Dissolver(DISSOLVER).setResolver(resolver)

@external
def onDissolve():
    assert msg.sender == DISSOLVER
    for player: address in self.players:
        stake: uint256 = self.stakes[player]
        self.stakes[player] = 0
        raw_call(player, b"", value=stake, gas=40_000)
    raw_call(self.founder, b"", value=self.balance)
