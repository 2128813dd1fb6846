import Primitives

/// What can be added and multiplied by scalars of BLS12-381: scalars and points.
protocol ScalarModule: BitwiseCopyable {
    static func + (left: Self, right: Self) -> Self
    static func - (left: Self, right: Self) -> Self
    func scaled(by scalar: BLS12381Scalar) -> Self
}

extension Residue256<BLS12381ScalarModulus>: ScalarModule {
    @inline(__always)
    func scaled(by scalar: BLS12381Scalar) -> Self { self * scalar }
}

/// Fast Fourier transforms in place, over the tree of `RootsOfUnity`: from the coefficients of a polynomial to its values
/// at the leaves below a node, and back. The number of values, a power of two, says how deep the node lies.
///
/// - Complexity: O(*n* log *n*).
enum NumberTheoreticTransform {
    /// Coefficients, constant first, become the values at the leaves below `node`, whose depth is log₂(8192/count).
    ///
    /// The polynomial is reduced modulo the factors at each depth: u + v·X^m modulo X^m ∓ s is u ± s·v.
    static func evaluate<Value: ScalarModule>(_ values: inout [Value], belowNode node: Int = 0) {
        let count = values.count
        RootsOfUnity.table.withUnsafeBufferPointer { table in
            values.withUnsafeMutableBufferPointer { values in
                var (half, blockCount) = (count / 2, 1)
                while half > 0 {
                    for block in 0..<blockCount {
                        let start = 2 * half * block
                        let index = node * blockCount + block
                        for low in start..<(start + half) {
                            let left = values[low]
                            let right = values[low + half]
                            let product = index == 0 ? right : right.scaled(by: table[index])
                            values[low] = left + product
                            values[low + half] = left - product
                        }
                    }
                    (half, blockCount) = (half / 2, blockCount * 2)
                }
            }
        }
    }

    /// Values at the leaves below `node` become coefficients times the count of values.
    static func interpolateUnscaled<Value: ScalarModule>(_ values: inout [Value], belowNode node: Int = 0) {
        let count = values.count
        RootsOfUnity.inverseTable.withUnsafeBufferPointer { table in
            values.withUnsafeMutableBufferPointer { values in
                var (half, blockCount) = (1, count / 2)
                while blockCount > 0 {
                    for block in 0..<blockCount {
                        let start = 2 * half * block
                        let index = node * blockCount + block
                        for low in start..<(start + half) {
                            let left = values[low]
                            let right = values[low + half]
                            values[low] = left + right
                            let difference = left - right
                            values[low + half] = index == 0 ? difference : difference.scaled(by: table[index])
                        }
                    }
                    (half, blockCount) = (half * 2, blockCount / 2)
                }
            }
        }
    }

    /// Values at the leaves below `node` become the coefficients, constant first.
    static func interpolate(_ values: inout [BLS12381Scalar], belowNode node: Int = 0) {
        interpolateUnscaled(&values, belowNode: node)
        let scale = BLS12381Scalar(UInt256(values.count)).inverse
        for index in values.indices { values[index] = values[index] * scale }
    }
}
