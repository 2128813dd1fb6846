#if !hasFeature(Embedded)
    extension RLPError: CustomStringConvertible {
        /// The rule in words.
        public var description: String {
            switch self {
            case .truncated: "the encoding ends too early"
            case .notCanonical: "a value is written in more bytes than it needs"
            case .expectedBytes: "there is a list where bytes should be"
            case .expectedList: "there are bytes where a list should be"
            case .trailingBytes: "there are bytes behind the end"
            case .wrongWidth(let expected, let actual):
                "a value has \(actual) bytes where there should be \(expected)"
            }
        }
    }

    extension StateError: CustomStringConvertible {
        /// What is wrong, in words.
        public var description: String {
            switch self {
            case .missingNode(let hash): "trie node \(hash) is missing"
            case .missingCode(let hash): "code \(hash) is missing"
            case .malformedNode(let hash): "trie node \(hash) is malformed"
            case .missingBlockHash(let number): "the hash of block \(number) is not known"
            case .backend(let code): "the store failed with code \(code)"
            }
        }
    }
#endif
