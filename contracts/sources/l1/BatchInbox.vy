# pragma version 0.4.3
# pragma optimize codesize
"""
@title BatchInbox
@notice Where the batcher of a rollup with an idle rule sends its data: it keeps when each sender last did.
@dev A batch is the data of a transaction, of any form, or its blobs: so there is no function that data could be taken for.
     The rollup's Lifecycle alone is answered, with the block of the last transaction of the sender whose address is the
     call's data. The contract stands here itself, not behind a proxy, which would copy all data, twice.
"""

LIFECYCLE: immutable(address)

lastBlock: HashMap[address, uint256]


@deploy
def __init__(_lifecycle: address):
    LIFECYCLE = _lifecycle


@external
@raw_return
def __default__() -> Bytes[32]:
    if msg.sender == LIFECYCLE:
        sender: address = convert(convert(slice(msg.data, 0, 32), uint256), address)
        return abi_encode(self.lastBlock[sender])
    self.lastBlock[msg.sender] = block.number
    return b""
