/// A JSON text (RFC 8259) read once into a tape: one entry a value, in the order of the text.
///
/// Nothing is decoded until it is asked for: strings and numbers stay byte ranges of the text, so that a file of 100 MB
/// that is mostly hexadecimal costs a scan and a few thousand tape entries. Containers know where they end, so skipping
/// one is O(1).
///
/// The text must stay where it is for as long as the document lives; `owner` keeps it there.
public final class JSONDocument {
    /// What a tape entry is.
    enum Kind: UInt8 {
        case null
        case `true`
        case `false`
        case number
        case string
        /// A string with at least one backslash.
        case escapedString
        case array
        case object
    }

    /// One value. In an object, each member is a string entry followed by the entries of its value.
    struct Entry {
        /// Where the text of the value begins: after the quotation mark of a string.
        var offset: UInt32
        /// The bytes of a string or number, or the number of elements or members of a container.
        var count: UInt32
        /// The tape index after the value and all it contains.
        var next: UInt32
        var kind: Kind
    }

    /// The deepest nesting taken; fixtures use about ten levels.
    public static let deepestNesting = 512

    let text: UnsafeRawBufferPointer
    let tape: [Entry]
    private let owner: AnyObject?

    /// Reads `text`, which must stay in place while the document or `owner` lives.
    ///
    /// - Throws: `JSONSyntaxError` with the byte offset of the first character that breaks the grammar.
    /// - Complexity: O(*n*); 16 bytes of tape a value.
    public init(text: UnsafeRawBufferPointer, owner: AnyObject?) throws(JSONSyntaxError) {
        var scanner = JSONScanner(text: text)
        tape = try scanner.scan()
        self.text = text
        self.owner = owner
    }

    /// Reads a text held in memory.
    public convenience init(_ bytes: [UInt8]) throws(JSONSyntaxError) {
        let copy = OwnedBytes(bytes)
        try self.init(text: copy.bytes, owner: copy)
    }

    /// The outermost value.
    public var root: JSONValue { JSONValue(document: self, index: 0) }
}

/// Where and why a text is not JSON.
public struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
    public let offset: Int
    public let problem: String

    public var description: String { "not JSON at byte \(offset): \(problem)" }
}

/// Bytes at a fixed address.
final class OwnedBytes {
    let bytes: UnsafeRawBufferPointer

    init(_ source: [UInt8]) {
        let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 1)
        storage.copyBytes(from: source)
        bytes = UnsafeRawBufferPointer(storage)
    }

    deinit {
        bytes.deallocate()
    }
}
