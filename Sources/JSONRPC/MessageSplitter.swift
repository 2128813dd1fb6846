/// Finds where one JSON value ends and the next begins in a stream of objects and arrays.
///
/// It counts brackets outside strings and leaves it to the parser to say what is wrong with what they hold.
struct MessageSplitter {
    /// Why a stream cannot be split any further.
    enum Failure: Error {
        case notAMessage, tooLong
    }

    private let limit: Int
    /// Bytes of the value under way that have been looked at.
    private var scanned = 0
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    init(limit: Int) { self.limit = limit }

    /// The length of the value at the start of `bytes`, white space before it included; nil where its end has not come.
    /// Called again with more bytes it goes on where it was.
    mutating func next(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> Int? {
        var index = scanned
        while index < bytes.count {
            let byte = bytes[index]
            index &+= 1
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth &+= 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { throw .notAMessage }
                depth &-= 1
                if depth == 0 {
                    scanned = 0
                    return index
                }
            case 0x20, 0x09, 0x0A, 0x0D: break
            default:
                guard depth > 0 else { throw .notAMessage }
                if byte == UInt8(ascii: "\"") { isInString = true }
            }
        }
        guard bytes.count <= limit else { throw .tooLong }
        scanned = index
        return nil
    }
}
