import Primitives

/// The roots of unity of order 8,192 in the order in which blobs and cells hold evaluations: reversing the bits of a
/// root's exponent gives its index.
///
/// They are the leaves of a tree whose nodes stand for polynomials: at depth d, the node i for X^(8192/2ᵈ) − g(i), the
/// root of the tree being X⁸¹⁹² − 1. The children 2i and 2i + 1 are its factors X^m − s and X^m + s, where s² = g(i). In
/// this order g(i) and s depend on i only, not on the depth, so that one table serves every depth; the first half of the
/// leaves are the 4,096 roots of a blob, and the leaves below one node of depth 7 are those of a cell.
enum RootsOfUnity {
    /// 2¹³: the size of an extended blob.
    static let order = 8_192

    /// s(i) for the nodes i that have children.
    static let table = makeTable(primitive)
    /// 1/s(i).
    static let inverseTable = makeTable(primitive.inverse)

    /// 7^((r − 1)/8192); 7 generates the multiplicative group.
    static var primitive: BLS12381Scalar {
        BLS12381Scalar(
            UInt256(limbs: 0x6FDD_00BF_C78C_8967, 0x146B_58BC_4349_06AC, 0x2CCD_DEA2_972E_89ED, 0x485D_5127_37B1_DA3D))
    }

    /// g(i); at the greatest depth the root of unity with that index.
    static func value(ofNode index: Int) -> BLS12381Scalar {
        let root = table[index / 2]
        return index % 2 == 0 ? root : -root
    }

    /// s(0) = 1; the entries from 2ᵈ on are those before, times the root of order 2^(d+2).
    private static func makeTable(_ root: BLS12381Scalar) -> [BLS12381Scalar] {
        var squares = [root]
        while squares.count < 12 { squares.append(squares[squares.count - 1].squared) }
        var table = [BLS12381Scalar.one]
        table.reserveCapacity(order / 2)
        for factor in squares.reversed() {
            for index in 0..<table.count { table.append(table[index] * factor) }
        }
        return table
    }
}
