# pragma version 0.4.3
"""
@title GasPriceOracle
@notice Tells what a transaction pays beside the gas of its execution: for its data on L1, and to the operator.
@dev The rules are Fjord's for data and Jovian's for the operator, active from the first block (OP Stack specification,
     protocol/{fjord,isthmus,jovian}/exec-engine). Execution does not ask this contract; both read `L1Block`. The size
     of a transaction is estimated from the length that FastLZ (level 1) would make it, plus 68 bytes for the
     signature.
"""

interface L1Block:
    def basefee() -> uint256: view
    def blobBaseFee() -> uint256: view
    def baseFeeScalar() -> uint32: view
    def blobBaseFeeScalar() -> uint32: view
    def operatorFeeScalar() -> uint32: view
    def operatorFeeConstant() -> uint64: view

L1_BLOCK: constant(address) = 0x4200000000000000000000000000000000000015

DECIMALS: public(constant(uint256)) = 6
# The estimate of a size in millionths of bytes: a line through what transactions were seen to take, and a least value.
COST_INTERCEPT: constant(uint256) = 42_585_600
COST_COEFFICIENT: constant(uint256) = 836_500
MIN_SIZE: constant(uint256) = 100_000_000
SIGNATURE_SIZE: constant(uint256) = 68

# The longest transaction that a pool takes.
MAX_DATA: constant(uint256) = 131_072

# FastLZ: a position of 32 bits for each of 8,192 hashes, eight to a word; how far back a match may lie; the bytes at
# the end that are left alone; how long a match is at most; and the multiplier of the hash.
TABLE_WORDS: constant(uint256) = 1024
MAX_DISTANCE: constant(uint256) = 8191
TAIL: constant(uint256) = 13
MAX_MATCH: constant(uint256) = 262
MULTIPLIER: constant(uint256) = 2_654_435_769
LOW_32: constant(uint256) = 2**32 - 1
LOW_BYTE: constant(uint256) = 255
MIDDLE_BYTE: constant(uint256) = 65_280


@deploy
def __init__():
    pass


@internal
@pure
def _literals(count: uint256) -> uint256:
    """
    @dev The room that bytes take as they are: one more for every 32 begun.
    """
    return unsafe_add(count, unsafe_div(unsafe_add(count, 31), 32))


@internal
@pure
def _equal_bytes(difference: uint256) -> uint256:
    """
    @dev How many bytes from the high end of a word are zero.
    """
    rest: uint256 = difference
    count: uint256 = 0
    if rest >> 128 == 0:
        count = 16
        rest = rest << 128
    if rest >> 192 == 0:
        count = unsafe_add(count, 8)
        rest = rest << 64
    if rest >> 224 == 0:
        count = unsafe_add(count, 4)
        rest = rest << 32
    if rest >> 240 == 0:
        count = unsafe_add(count, 2)
        rest = rest << 16
    if rest >> 248 == 0:
        count = unsafe_add(count, 1)
    return count


@internal
@pure
def _compressed(data: Bytes[MAX_DATA]) -> uint256:
    """
    @notice The length under FastLZ. Nothing is compressed.
    @dev Data of less than 32 bytes are counted as they are: whatever their length, the least size holds for them.
         Each turn of the loop moves on by a byte at least. Bytes are read 32 at a time: those from `at`, or the last 32
         of the data, moved up.
    """
    end: uint256 = len(data)
    if end < 32:
        return self._literals(end)
    last: uint256 = unsafe_sub(end, 32)
    limit: uint256 = unsafe_sub(end, TAIL)
    table: uint256[TABLE_WORDS] = empty(uint256[TABLE_WORDS])
    count: uint256 = 0
    anchor: uint256 = 0
    position: uint256 = 2

    for turn: uint256 in range(MAX_DATA):
        if position >= limit:
            break
        # The next three bytes, and where they were seen before.
        at: uint256 = min(position, last)
        three: uint256 = (
            extract32(data, at, output_type=uint256) << unsafe_mul(unsafe_sub(position, at), 8)
        ) >> 232
        sequence: uint256 = (three >> 16) | (three & MIDDLE_BYTE) | ((three & LOW_BYTE) << 16)
        slot: uint256 = (unsafe_mul(sequence, MULTIPLIER) & LOW_32) >> 19
        low_bit: uint256 = (slot & 7) << 5
        entry: uint256 = table[slot >> 3]
        candidate: uint256 = (entry >> low_bit) & LOW_32
        table[slot >> 3] = entry ^ ((candidate ^ position) << low_bit)
        if unsafe_sub(position, candidate) > MAX_DISTANCE:
            position = unsafe_add(position, 1)
            continue
        at = min(candidate, last)
        if three != (extract32(data, at, output_type=uint256) << unsafe_mul(unsafe_sub(candidate, at), 8)) >> 232:
            position = unsafe_add(position, 1)
            continue
        if unsafe_add(position, 1) >= limit:
            # The compressor does not take a match at the last place.
            break

        if position > anchor:
            count = unsafe_add(count, self._literals(unsafe_sub(position, anchor)))
        # How far the two places go on alike behind the three bytes, 32 at a time; with the first byte that differs.
        length: uint256 = 0
        for step: uint256 in range(MAX_DATA):
            second: uint256 = unsafe_add(unsafe_add(position, 3), length)
            remaining: uint256 = unsafe_sub(unsafe_add(limit, 9), second)
            at = min(second, last)
            difference: uint256 = extract32(data, at, output_type=uint256) << unsafe_mul(unsafe_sub(second, at), 8)
            second = unsafe_add(unsafe_add(candidate, 3), length)
            at = min(second, last)
            difference ^= extract32(data, at, output_type=uint256) << unsafe_mul(unsafe_sub(second, at), 8)
            alike: uint256 = 32
            if difference != 0:
                alike = self._equal_bytes(difference)
            if alike >= remaining:
                length = unsafe_add(length, remaining)
                break
            if alike < 32:
                length = unsafe_add(length, unsafe_add(alike, 1))
                break
            length = unsafe_add(length, 32)
        longer: uint256 = unsafe_sub(length, 1)
        count = unsafe_add(count, unsafe_mul(3, unsafe_div(longer, MAX_MATCH)))
        count = unsafe_add(count, 3 if longer % MAX_MATCH >= 6 else 2)
        position = unsafe_add(position, length)
        # The two places behind the match are remembered, and not looked at.
        for behind: uint256 in range(2):
            at = min(position, last)
            three = (extract32(data, at, output_type=uint256) << unsafe_mul(unsafe_sub(position, at), 8)) >> 232
            sequence = (three >> 16) | (three & MIDDLE_BYTE) | ((three & LOW_BYTE) << 16)
            slot = (unsafe_mul(sequence, MULTIPLIER) & LOW_32) >> 19
            low_bit = (slot & 7) << 5
            entry = table[slot >> 3]
            table[slot >> 3] = entry ^ ((((entry >> low_bit) & LOW_32) ^ position) << low_bit)
            position = unsafe_add(position, 1)
        anchor = position

    return unsafe_add(count, self._literals(unsafe_sub(end, anchor)))


@internal
@pure
def _estimated_size(length: uint256) -> uint256:
    """
    @dev In millionths of bytes, for a length under FastLZ.
    """
    scaled: uint256 = COST_COEFFICIENT * length
    if scaled < COST_INTERCEPT + MIN_SIZE:
        return MIN_SIZE
    return unsafe_sub(scaled, COST_INTERCEPT)


@internal
@view
def _data_fee(length: uint256) -> uint256:
    base: uint256 = convert(staticcall L1Block(L1_BLOCK).baseFeeScalar(), uint256) * 16 * (
        staticcall L1Block(L1_BLOCK).basefee()
    )
    blob: uint256 = convert(staticcall L1Block(L1_BLOCK).blobBaseFeeScalar(), uint256) * (
        staticcall L1Block(L1_BLOCK).blobBaseFee()
    )
    return self._estimated_size(length) * (base + blob) // 10 ** (2 * DECIMALS)


@external
@view
def getL1Fee(_data: Bytes[MAX_DATA]) -> uint256:
    """
    @notice What a transaction pays for its data on L1, wei.
    @param _data The transaction's encoding, unsigned
    """
    return self._data_fee(self._compressed(_data) + SIGNATURE_SIZE)


@external
@view
def getL1FeeUpperBound(_unsignedTxSize: uint256) -> uint256:
    """
    @notice What a transaction pays for its data on L1 at most, wei, whatever the data are.
    @param _unsignedTxSize The length of the transaction's encoding, unsigned
    """
    size: uint256 = _unsignedTxSize + SIGNATURE_SIZE
    return self._data_fee(size + size // 255 + 16)


@external
@view
def getL1GasUsed(_data: Bytes[MAX_DATA]) -> uint256:
    """
    @notice What the data of a transaction are taken to cost on L1, gas. Deprecated: blobs have a gas of their own.
    @param _data The transaction's encoding, unsigned
    """
    return self._estimated_size(self._compressed(_data) + SIGNATURE_SIZE) * 16 // 10**DECIMALS


@external
@view
def getOperatorFee(_gasUsed: uint256) -> uint256:
    """
    @notice What a transaction pays to the operator for so much gas, wei; the greatest number where it would be more.
    """
    scalar: uint256 = convert(staticcall L1Block(L1_BLOCK).operatorFeeScalar(), uint256) * 100
    constant_fee: uint256 = convert(staticcall L1Block(L1_BLOCK).operatorFeeConstant(), uint256)
    if scalar != 0 and _gasUsed > (max_value(uint256) - constant_fee) // scalar:
        return max_value(uint256)
    return unsafe_add(unsafe_mul(_gasUsed, scalar), constant_fee)


@external
@view
def gasPrice() -> uint256:
    return block.basefee


@external
@view
def baseFee() -> uint256:
    return block.basefee


@external
@view
def l1BaseFee() -> uint256:
    return staticcall L1Block(L1_BLOCK).basefee()


@external
@view
def blobBaseFee() -> uint256:
    return staticcall L1Block(L1_BLOCK).blobBaseFee()


@external
@view
def baseFeeScalar() -> uint32:
    return staticcall L1Block(L1_BLOCK).baseFeeScalar()


@external
@view
def blobBaseFeeScalar() -> uint32:
    return staticcall L1Block(L1_BLOCK).blobBaseFeeScalar()


@external
@pure
def overhead() -> uint256:
    raise "GasPriceOracle: there is no overhead since Ecotone"


@external
@pure
def scalar() -> uint256:
    raise "GasPriceOracle: there are two scalars since Ecotone"


@external
@pure
def decimals() -> uint256:
    return DECIMALS


@external
@pure
def isEcotone() -> bool:
    return True


@external
@pure
def isFjord() -> bool:
    return True


@external
@pure
def isIsthmus() -> bool:
    return True


@external
@pure
def isJovian() -> bool:
    return True


@external
@pure
def version() -> String[16]:
    return "1.6.0"
