# pragma version 0.4.3
"""
@title Keys and signatures on the curve BN254, by the precompiles of EIP-196, EIP-197 and EIP-198
@dev A signature is a point of G1, a key is a point of G2 together with the same multiple of G1's generator. The formats
     and the way from a digest to a point are EigenLayer's, so that its operators' software and ours sign alike. A G2 point
     has the imaginary part of each coordinate first, as EIP-197 has it.

     A precompile takes all gas it is given when its input is no point, so each gets a bounded amount: several times what it
     costs today. The precompiles refuse coordinates that are not below the field's modulus, and G2 points of a wrong order.
"""

struct G1Point:
    X: uint256
    Y: uint256

struct G2Point:
    X: uint256[2]
    Y: uint256[2]

FIELD: constant(uint256) = 21888242871839275222246405745257275088696311157297823662689037894645226208583
ORDER: constant(uint256) = 21888242871839275222246405745257275088548364400416034343698204186575808495617
# (FIELD + 1) / 4: to this power a square becomes its root.
ROOT: constant(uint256) = 5472060717959818805561601436314318772174077789324455915672259473661306552146

# The negative of G2's generator.
NEGATIVE_X1: constant(uint256) = 11559732032986387107991004021392285783925812861821192530917403151452391805634
NEGATIVE_X0: constant(uint256) = 10857046999023057135944570762232829481370756359578518086990519993285655852781
NEGATIVE_Y1: constant(uint256) = 17805874995975841540914202342111839520379459829704422454583296818431106115052
NEGATIVE_Y0: constant(uint256) = 13392588948715843804641432497768002650278120570034223513918757245338268106653

POWER: constant(address) = 0x0000000000000000000000000000000000000005
ADD: constant(address) = 0x0000000000000000000000000000000000000006
MULTIPLY: constant(address) = 0x0000000000000000000000000000000000000007
PAIRING: constant(address) = 0x0000000000000000000000000000000000000008
POWER_GAS: constant(uint256) = 50_000
ADD_GAS: constant(uint256) = 10_000
MULTIPLY_GAS: constant(uint256) = 50_000
PAIRING_GAS: constant(uint256) = 400_000
# One candidate in two is a point, so that nobody finds a digest that needs as many.
MOST_CANDIDATES: constant(uint256) = 256


# Points of G1


@internal
@pure
def _is_zero(point: G1Point) -> bool:
    """
    @dev Whether it is the point at infinity, which is no key.
    """
    return point.X == 0 and point.Y == 0


@internal
@pure
def _is_zero_g2(point: G2Point) -> bool:
    return point.X[0] == 0 and point.X[1] == 0 and point.Y[0] == 0 and point.Y[1] == 0


@internal
@pure
def _is_key(point: G1Point) -> bool:
    """
    @dev Whether it is a point of the curve other than infinity, with coordinates below the modulus. All of them are of
         the right order.
    """
    if point.X >= FIELD or point.Y >= FIELD:
        return False
    return uint256_mulmod(point.Y, point.Y, FIELD) == self._cubic(point.X)


@internal
@pure
def _cubic(x: uint256) -> uint256:
    """
    @dev What the square of y is at x.
    """
    return uint256_addmod(uint256_mulmod(uint256_mulmod(x, x, FIELD), x, FIELD), 3, FIELD)


@internal
@pure
def _negated(point: G1Point) -> G1Point:
    if self._is_zero(point):
        return point
    return G1Point(X=point.X, Y=FIELD - point.Y % FIELD)


@internal
@view
def _try_add(a: G1Point, b: G1Point) -> (bool, G1Point):
    """
    @return Whether both are points, and their sum.
    """
    done: bool = False
    result: Bytes[64] = b""
    done, result = raw_call(
        ADD, abi_encode(a, b), max_outsize=64, gas=ADD_GAS, is_static_call=True, revert_on_failure=False
    )
    if not done or len(result) != 64:
        return False, empty(G1Point)
    return True, abi_decode(result, G1Point)


@internal
@view
def _add(a: G1Point, b: G1Point) -> G1Point:
    done: bool = False
    sum: G1Point = empty(G1Point)
    done, sum = self._try_add(a, b)
    if not done:
        raw_revert(method_id("ECAddFailed()"))
    return sum


@internal
@view
def _try_multiply(point: G1Point, scalar: uint256) -> (bool, G1Point):
    """
    @return Whether it is a point, and its multiple.
    """
    done: bool = False
    result: Bytes[64] = b""
    done, result = raw_call(
        MULTIPLY,
        abi_encode(point, scalar),
        max_outsize=64,
        gas=MULTIPLY_GAS,
        is_static_call=True,
        revert_on_failure=False,
    )
    if not done or len(result) != 64:
        return False, empty(G1Point)
    return True, abi_decode(result, G1Point)


@internal
@view
def _hash_to_g1(digest: bytes32) -> G1Point:
    """
    @dev The first x from the digest on at which there is a point.
    """
    x: uint256 = convert(digest, uint256) % FIELD
    for candidate: uint256 in range(MOST_CANDIDATES):
        square: uint256 = self._cubic(x)
        y: uint256 = self._root(square)
        if uint256_mulmod(y, y, FIELD) == square:
            return G1Point(X=x, Y=y)
        x = uint256_addmod(x, 1, FIELD)
    raw_revert(method_id("HashToCurveFailed()"))


@internal
@view
def _root(square: uint256) -> uint256:
    """
    @dev The root of a square; of anything else, some number whose square is another.
    """
    size: uint256 = 32
    done: bool = False
    result: Bytes[32] = b""
    done, result = raw_call(
        POWER,
        abi_encode(size, size, size, square, ROOT, FIELD),
        max_outsize=32,
        gas=POWER_GAS,
        is_static_call=True,
        revert_on_failure=False,
    )
    if not done or len(result) != 32:
        raw_revert(method_id("ExpModFailed()"))
    return convert(result, uint256)


# Signatures


@internal
@view
def _verify(digest: bytes32, key: G1Point, key_g2: G2Point, signature: G1Point) -> (bool, bool):
    """
    @notice Whether a key has signed a digest, and whether its two halves are one key.
    @dev Two equations, e(signature, -G2) * e(H(digest), key_g2) = 1 and e(key, -G2) * e(G1, key_g2) = 1, are checked as one
         sum: the second is multiplied by a number that nobody can choose, as it is a hash of all that goes in. Nobody is
         no signer: with a key at infinity, everything would be signed by it.
    @return Whether all inputs are points, so that the check could be made (in want of gas it cannot either), and what it says.
    """
    if self._is_zero(key) or self._is_zero_g2(key_g2):
        return True, False
    factor: uint256 = convert(
        keccak256(abi_encode(digest, key, key_g2, signature)), uint256
    ) % ORDER
    done: bool = False
    left: G1Point = empty(G1Point)
    right: G1Point = empty(G1Point)
    done, left = self._try_multiply(key, factor)
    if not done:
        return False, False
    done, left = self._try_add(signature, left)
    if not done:
        return False, False
    done, right = self._try_multiply(G1Point(X=1, Y=2), factor)
    if not done:
        return False, False
    done, right = self._try_add(self._hash_to_g1(digest), right)
    if not done:
        return False, False
    result: Bytes[32] = b""
    done, result = raw_call(
        PAIRING,
        abi_encode(
            left,
            G2Point(X=[NEGATIVE_X1, NEGATIVE_X0], Y=[NEGATIVE_Y1, NEGATIVE_Y0]),
            right,
            key_g2,
        ),
        max_outsize=32,
        gas=PAIRING_GAS,
        is_static_call=True,
        revert_on_failure=False,
    )
    if not done or len(result) != 32:
        return False, False
    return True, convert(result, uint256) == 1
