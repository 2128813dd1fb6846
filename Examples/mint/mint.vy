# pragma version 0.4.3
# A mint: one item for each wallet that asks, in a collection that comes to L1 when the rollup ends.
interface Factory:
    def createERC721(name: String[64], symbol: String[32], baseTokenURI: String[160]) -> address: nonpayable

interface Collection:
    def mint(to: address) -> uint256: nonpayable

FACTORY: constant(address) = 0x42000000000000000000000000000000000007c0

collection: public(address)
has: public(HashMap[address, bool])

@deploy
def __init__():
    self.collection = extcall Factory(FACTORY).createERC721("Mayflies", "MAYFLY", "https://mayfly.example/items/")

@external
def mint():
    assert not self.has[msg.sender], "one for each"
    self.has[msg.sender] = True
    extcall Collection(self.collection).mint(msg.sender)
