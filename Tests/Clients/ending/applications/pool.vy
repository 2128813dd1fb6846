# pragma version 0.4.3
# A pool of two tokens with shares. At the rollup's end it may pay its providers out by itself, name a resolver, or do nothing.
interface Token:
    def transfer(receiver: address, amount: uint256) -> bool: nonpayable
    def transferFrom(owner: address, receiver: address, amount: uint256) -> bool: nonpayable
    def balanceOf(holder: address) -> uint256: view

interface Dissolver:
    def register(limit: uint64): payable
    def setResolver(resolver: address): nonpayable

DISSOLVER: constant(address) = 0x42000000000000000000000000000000000007D0

founder: public(address)
tokens: public(address[2])
shares: public(HashMap[address, uint256])
supply: public(uint256)
providers: public(DynArray[address, 24])

@deploy
def __init__(first: address, second: address):
    self.founder = msg.sender
    self.tokens = [first, second]

@external
@payable
def __default__():
    pass

@internal
@view
def _reserves() -> uint256[2]:
    return [
        staticcall Token(self.tokens[0]).balanceOf(self),
        staticcall Token(self.tokens[1]).balanceOf(self),
    ]

@external
def provide(amount: uint256, other: uint256):
    reserves: uint256[2] = self._reserves()
    minted: uint256 = amount
    if self.supply != 0:
        minted = amount * self.supply // reserves[0]
    assert extcall Token(self.tokens[0]).transferFrom(msg.sender, self, amount)
    assert extcall Token(self.tokens[1]).transferFrom(msg.sender, self, other)
    if self.shares[msg.sender] == 0:
        self.providers.append(msg.sender)
    self.shares[msg.sender] += minted
    self.supply += minted

@external
def swap(into: uint256, amount: uint256) -> uint256:
    reserves: uint256[2] = self._reserves()
    taken: uint256 = amount * 997 // 1000
    given: uint256 = reserves[1 - into] * taken // (reserves[into] + taken)
    assert extcall Token(self.tokens[into]).transferFrom(msg.sender, self, amount)
    assert extcall Token(self.tokens[1 - into]).transfer(msg.sender, given)
    return given

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
    reserves: uint256[2] = self._reserves()
    last: uint256 = len(self.providers) - 1
    left: uint256[2] = reserves
    place: uint256 = 0
    for provider: address in self.providers:
        for index: uint256 in range(2):
            # Who is last gets what the division leaves over.
            amount: uint256 = reserves[index] * self.shares[provider] // self.supply
            if place == last:
                amount = left[index]
            left[index] -= amount
            if amount != 0:
                assert extcall Token(self.tokens[index]).transfer(provider, amount)
        place += 1
    raw_call(self.founder, b"", value=self.balance)
