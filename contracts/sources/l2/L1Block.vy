# pragma version 0.4.3
"""
@title L1Block
@notice What the rollup knows of L1: the block that is the origin of the current L2 block, and the parameters of fees.
@dev Execution clients read these slots straight from storage, so each holds exactly the bytes that the specification
     lays down (OP Stack specification, protocol/{ecotone,isthmus,jovian}/l1-attributes). Vyper does not pack, so a
     packed slot is one word here, and its getters take it apart. The setters take packed call data: after the selector
     come five words, of which the first holds five numbers, and the fees of the operator. It runs once a block.
"""

DEPOSITOR: constant(address) = 0xDeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001
ETHER_TOKEN: constant(address) = 0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE

LOW_64: constant(uint256) = 2**64 - 1
LOW_32: constant(uint256) = 2**32 - 1
LOW_16: constant(uint256) = 2**16 - 1
LOW_128: constant(uint256) = 2**128 - 1

# slot 0: bits 0-63 the number, 64-127 the timestamp
_origin: uint256
# slot 1
basefee: public(uint256)
# slot 2
hash: public(bytes32)
# slot 3: bits 0-63 the sequence number, 64-95 the scalar of the blob base fee, 96-127 that of the base fee
_sequence: uint256
# slot 4
batcherHash: public(bytes32)
# slots 5 and 6: not in use since Ecotone
l1FeeOverhead: public(uint256)
l1FeeScalar: public(uint256)
# slot 7
blobBaseFee: public(uint256)
# slot 8: bits 0-63 the operator's constant fee, 64-95 its scalar, 96-111 the gas that a byte of data counts for
_operator: uint256


@deploy
def __init__():
    pass


@internal
def _check_depositor():
    if msg.sender != DEPOSITOR:
        raw_revert(method_id("NotDepositor()"))


@internal
def _set_origin():
    """
    @dev The five words that all three setters share.
    """
    head: uint256 = convert(slice(msg.data, 4, 32), uint256)
    self._sequence = head >> 128
    self._origin = head & LOW_128
    self.basefee = convert(slice(msg.data, 36, 32), uint256)
    self.blobBaseFee = convert(slice(msg.data, 68, 32), uint256)
    self.hash = convert(slice(msg.data, 100, 32), bytes32)
    self.batcherHash = convert(slice(msg.data, 132, 32), bytes32)


@external
def setL1BlockValuesEcotone():
    """
    @notice Takes what L1 says without fees of an operator. Only for the depositor.
    """
    self._check_depositor()
    self._set_origin()


@external
def setL1BlockValuesIsthmus():
    """
    @notice Takes what L1 says with the operator's fee. Only for the depositor.
    """
    self._check_depositor()
    self._set_origin()
    self._operator = convert(slice(msg.data, 164, 12), uint256)


@external
def setL1BlockValuesJovian():
    """
    @notice Takes what L1 says with the operator's fee and the gas that a byte of data counts for. Only for the
            depositor.
    """
    self._check_depositor()
    self._set_origin()
    tail: uint256 = convert(slice(msg.data, 164, 14), uint256)
    self._operator = ((tail & LOW_16) << 96) | (tail >> 16)


@external
@view
def number() -> uint64:
    return convert(self._origin & LOW_64, uint64)


@external
@view
def timestamp() -> uint64:
    return convert((self._origin >> 64) & LOW_64, uint64)


@external
@view
def sequenceNumber() -> uint64:
    return convert(self._sequence & LOW_64, uint64)


@external
@view
def blobBaseFeeScalar() -> uint32:
    return convert((self._sequence >> 64) & LOW_32, uint32)


@external
@view
def baseFeeScalar() -> uint32:
    return convert((self._sequence >> 96) & LOW_32, uint32)


@external
@view
def operatorFeeConstant() -> uint64:
    return convert(self._operator & LOW_64, uint64)


@external
@view
def operatorFeeScalar() -> uint32:
    return convert((self._operator >> 64) & LOW_32, uint32)


@external
@view
def daFootprintGasScalar() -> uint16:
    return convert((self._operator >> 96) & LOW_16, uint16)


@external
@pure
def DEPOSITOR_ACCOUNT() -> address:
    return DEPOSITOR


@external
@pure
def isCustomGasToken() -> bool:
    return False


@external
@pure
def gasPayingToken() -> (address, uint8):
    return ETHER_TOKEN, 18


@external
@pure
def gasPayingTokenName() -> String[32]:
    return "Ether"


@external
@pure
def gasPayingTokenSymbol() -> String[32]:
    return "ETH"


@external
@pure
def version() -> String[16]:
    return "1.8.0"
