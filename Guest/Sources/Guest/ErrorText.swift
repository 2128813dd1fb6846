import Primitives
import StateTransition

/// A line of text for people, put together from bytes: Embedded Swift has no reflection that would name the cases of
/// errors, and strings would bring in tables of Unicode.
struct ErrorText {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    mutating func append(_ hash: Hash256) {
        append(" 0x")
        bytes.append(contentsOf: Hex.ascii(hash.bytes))
    }

    mutating func append(_ number: UInt64) {
        var digits: [UInt8] = []
        var rest = number
        repeat {
            digits.append(0x30 + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        append(" ")
        bytes.append(contentsOf: digits.reversed())
    }
}

extension GuestError {
    /// Whether it says that the attributes make no valid block, whatever else the witness may hold.
    var isVerdict: Bool {
        switch self {
        case .read, .input, .block(.noParent), .block(.invalid(.state)): false
        case .block: true
        }
    }

    /// What went wrong, without a line end.
    var text: [UInt8] {
        var text = ErrorText()
        switch self {
        case .read(let code):
            text.append("reading the input failed with code")
            text.append(UInt64(code.magnitude))
        case .input(let error):
            text.append("the input is malformed: ")
            error.append(to: &text)
        case .block(let error):
            text.append("no block: ")
            error.append(to: &text)
        }
        return text.bytes
    }
}

extension RollupBlockInputError {
    fileprivate func append(to text: inout ErrorText) {
        switch self {
        case .tooManyBytes: text.append("too many bytes")
        case .rlp(let error): text.append(error.name)
        case .unknownVersion(let version):
            text.append("unknown version")
            text.append(version)
        case .unknownUpgrade(let upgrade):
            text.append("unknown upgrade")
            text.append(upgrade)
        case .upgradesOutOfOrder: text.append("the upgrades or their times do not ascend")
        case .zeroBaseFeeParameter: text.append("elasticity or denominator is zero")
        case .noParentHeader: text.append("no parent header")
        case .tooManyHeaders: text.append("too many headers")
        case .tooManyTransactions: text.append("too many transactions")
        case .tooManyPreimages: text.append("too many preimages")
        }
    }
}

extension RollupAttributesError {
    fileprivate func append(to text: inout ErrorText) {
        switch self {
        case .baseFeeParameters: text.append("the base-fee parameters do not fit the upgrade")
        case .unexpectedBaseFeeParameters: text.append("base-fee parameters before Holocene")
        case .noParent: text.append("no parent header")
        case .parentExtraData: text.append("the parent's extra data is malformed")
        case .numberTooLarge: text.append("the block's number does not fit 64 bits")
        case .timestamp: text.append("not later than the parent")
        case .upgradeNotSupported: text.append("the upgrade is older than Fjord")
        case .transaction(let index, let error):
            text.append("malformed transaction")
            text.append(UInt64(index))
            text.append(": ")
            text.append(error.name)
        case .invalid(.transaction(let index, let rule)):
            text.append("invalid transaction")
            text.append(UInt64(index))
            text.append(": ")
            text.append(rule.name)
        case .invalid(.state(let error)): error.append(to: &text)
        // Making a block cannot meet the rules about given headers and bodies.
        case .invalid: text.append("the block breaks a rule")
        }
    }
}

extension StateError {
    fileprivate func append(to text: inout ErrorText) {
        switch self {
        case .missingNode(let hash):
            text.append("missing trie node")
            text.append(hash)
        case .missingCode(let hash):
            text.append("missing code")
            text.append(hash)
        case .malformedNode(let hash):
            text.append("malformed trie node")
            text.append(hash)
        case .missingBlockHash(let number):
            text.append("missing header of block")
            text.append(number)
        case .backend: text.append("the state cannot be read")
        }
    }
}

extension RLPError {
    fileprivate var name: StaticString {
        switch self {
        case .truncated: "truncated RLP"
        case .notCanonical: "RLP that is not canonical"
        case .expectedBytes: "an RLP list where bytes should be"
        case .expectedList: "RLP bytes where a list should be"
        case .trailingBytes: "bytes after the end"
        case .wrongWidth: "a value of the wrong width"
        }
    }
}

extension TransactionDecodingError {
    fileprivate var name: StaticString {
        switch self {
        case .empty: "empty"
        case .unknownType: "unknown type"
        case .malformed(let error): error.name
        case .invalidParity: "invalid parity"
        }
    }
}

extension InvalidTransaction {
    fileprivate var name: StaticString {
        switch self {
        case .typeNotAvailable: "type not available"
        case .wrongChainID: "wrong chain"
        case .invalidSignature: "invalid signature"
        case .nonceTooLow: "nonce too low"
        case .nonceTooHigh: "nonce too high"
        case .nonceAtMaximum: "nonce at its maximum"
        case .insufficientFunds: "insufficient funds"
        case .feeCapBelowBaseFee: "fee cap below the base fee"
        case .tipAboveFeeCap: "tip above the fee cap"
        case .feeOverflow: "fee overflow"
        case .gasLimitAboveBlock: "gas limit above what the block has left"
        case .gasLimitAboveCap: "gas limit above the cap"
        case .gasLimitBelowIntrinsic: "gas limit below the intrinsic gas"
        case .initCodeTooLarge: "initialisation code too large"
        case .senderHasCode: "the sender has code"
        case .noBlobs: "no blobs"
        case .tooManyBlobs: "too many blobs"
        case .unknownBlobVersion: "unknown blob version"
        case .blobFeeCapTooLow: "blob fee cap too low"
        case .blobTransactionCreatesContract: "a blob transaction creates a contract"
        case .noAuthorizations: "no authorisations"
        case .setCodeTransactionCreatesContract: "a set-code transaction creates a contract"
        case .dataFootprintAboveBlock: "data footprint above the block's gas limit"
        case .misplacedDeposit: "a deposit where none may be"
        }
    }
}
