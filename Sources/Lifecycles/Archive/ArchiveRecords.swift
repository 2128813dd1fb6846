import Primitives

/// Reads the records of an archive one after another.
struct ArchiveRecords {
    private let size: Int
    private var reader: RLPReader
    private var count: UInt64 = 0
    /// Where the record that was read last begins.
    private var offset: Int

    /// - Parameter bytes: the archive, which begins as one.
    init(_ bytes: [UInt8]) {
        size = bytes.count
        offset = ArchiveRecord.magic.count
        reader = RLPReader(bytes[offset...])
    }

    /// What is wrong where the record that was read last has no place.
    var malformed: ArchiveError { .malformed(offset: offset) }

    /// The next record but the end; nil at the end.
    mutating func next() throws(ArchiveError) -> ArchiveRecord? {
        offset = size - reader.rest.count
        do throws(RLPError) {
            guard let record = try ArchiveRecord(reading: &reader) else { throw RLPError.expectedList }
            guard case .end(let expected) = record else {
                count += 1
                return record
            }
            guard expected == count, reader.isAtEnd else { throw RLPError.trailingBytes }
            return nil
        } catch .truncated {
            throw .incomplete
        } catch {
            throw malformed
        }
    }
}
