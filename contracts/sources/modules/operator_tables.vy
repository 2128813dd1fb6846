# pragma version 0.4.3
"""
@title The stake table of an operator set, in EigenLayer's formats
@dev A table is the root of a tree with a leaf for each operator, the sum of their keys, and the sums of their weights. The
     tree is of keccak256, filled up with zeros to a power of two.
"""

from modules import bn254

MAX_WEIGHTS: constant(uint256) = 4

struct OperatorSet:
    avs: address
    id: uint32

struct BN254OperatorInfo:
    pubkey: bn254.G1Point
    weights: DynArray[uint256, MAX_WEIGHTS]

struct BN254OperatorSetInfo:
    operatorInfoTreeRoot: bytes32
    numOperators: uint256
    aggregatePubkey: bn254.G1Point
    totalWeights: DynArray[uint256, MAX_WEIGHTS]

struct OperatorSetConfig:
    owner: address
    maxStalenessPeriod: uint32

# A tree that grows from the left: for each level the last node that waits for one at its right.
struct Tree:
    count: uint256
    nodes: bytes32[9]

LEVELS: constant(uint256) = 8
# With it no leaf looks like two nodes.
LEAF_SALT: constant(bytes1) = 0x75


@internal
@pure
def _key_of(operator_set: OperatorSet) -> bytes32:
    """
    @dev The word by which EigenLayer's contracts know a set, too.
    """
    return convert((convert(operator_set.avs, uint256) << 96) | convert(operator_set.id, uint256), bytes32)


@internal
@pure
def _leaf(info: BN254OperatorInfo) -> bytes32:
    return keccak256(concat(LEAF_SALT, abi_encode(info)))


@internal
@pure
def _width(count: uint256) -> uint256:
    """
    @return The leaves of a tree of so many operators, those of zeros too.
    """
    width: uint256 = 1
    for level: uint256 in range(LEVELS):
        if width >= count:
            break
        width *= 2
    return width


@internal
@pure
def _grown(tree: Tree, leaf: bytes32) -> Tree:
    """
    @return The tree with one leaf more, of which there must be fewer than 256.
    """
    grown: Tree = tree
    node: bytes32 = leaf
    position: uint256 = tree.count
    for level: uint256 in range(LEVELS + 1):
        if position % 2 == 0:
            grown.nodes[level] = node
            break
        node = keccak256(concat(tree.nodes[level], node))
        position = unsafe_div(position, 2)
    grown.count += 1
    return grown


@internal
@pure
def _root(tree: Tree) -> bytes32:
    """
    @return The root, or zero where there are no leaves.
    """
    width: uint256 = self._width(tree.count)
    position: uint256 = tree.count
    # The root of zeros alone, and that of what there is from the last leaf's level on.
    zeros: bytes32 = empty(bytes32)
    node: bytes32 = empty(bytes32)
    for level: uint256 in range(LEVELS + 1):
        if width == 1:
            if position % 2 == 1:
                node = tree.nodes[level]
            break
        if position % 2 == 1:
            node = keccak256(concat(tree.nodes[level], node))
        else:
            node = keccak256(concat(node, zeros))
        zeros = keccak256(concat(zeros, zeros))
        position = unsafe_div(position, 2)
        width = unsafe_div(width, 2)
    return node


@internal
@pure
def _is_in(root: bytes32, leaf: bytes32, index: uint256, count: uint256, proof: Bytes[256]) -> bool:
    """
    @dev The proof must have as many nodes as the tree has levels, no fewer and no more: then only what stands at the
         bottom of the tree can be proven.
    """
    width: uint256 = self._width(count)
    node: bytes32 = leaf
    at: uint256 = 0
    position: uint256 = index
    for level: uint256 in range(LEVELS):
        if width == 1:
            break
        if at + 32 > len(proof):
            return False
        sibling: bytes32 = extract32(proof, at)
        node = keccak256(concat(node, sibling)) if position % 2 == 0 else keccak256(concat(sibling, node))
        position = unsafe_div(position, 2)
        width = unsafe_div(width, 2)
        at += 32
    return at == len(proof) and position == 0 and node == root
