import Primitives
import StateTransition

/// The data of logs as the contract ABI has them: words of 32 bytes.
extension Log {
    /// A word of the data, counted from zero.
    func word(_ index: Int) -> UInt256? {
        guard index >= 0, index < data.count / 32 else { return nil }
        return data[32 * index..<32 * (index + 1)].withUnsafeBytes { UInt256(bigEndianBytes: $0) }
    }

    /// The elements of a list of words; nil where the data do not have all of them.
    ///
    /// - Parameters:
    ///   - argument: the word that tells where the list begins, counted from zero.
    ///   - limit: how many there are at most.
    func words(_ argument: Int, limit: Int) -> [UInt256]? {
        guard let place = word(argument)?.asUInt64, place % 32 == 0, let start = Int(exactly: place / 32),
            let count = word(start)?.asUInt64.flatMap({ Int(exactly: $0) }), count <= limit,
            start + count < data.count / 32
        else { return nil }
        return (0..<count).compactMap { word(start + 1 + $0) }
    }
}
