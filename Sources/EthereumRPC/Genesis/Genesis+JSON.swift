public import Blockchain
import Cryptography
import JSONRPC
import Primitives
import StateTransition

extension Genesis {
    /// Reads a genesis file in the form of go-ethereum, with the OP Stack's additions.
    ///
    /// - Throws: `GenesisError` naming the key, what is wrong with it, and how to mend it.
    public init(json: [UInt8]) throws(GenesisError) {
        var found: Result<Genesis, GenesisError> = .failure(GenesisError("", "empty"))
        json.withUnsafeBytes { bytes in
            do throws(GenesisError) {
                found = .success(try Self.read(bytes))
            } catch {
                found = .failure(error)
            }
        }
        self = try found.get()
    }

    private static func read(_ bytes: UnsafeRawBufferPointer) throws(GenesisError) -> Genesis {
        var reader = JSONReader(bytes)
        var schedule: GenesisSchedule?
        var state = StateDiff()
        var header = BlockHeader()
        var gasLimit: UInt64?
        try reader.members(of: "") { (name, reader) throws(GenesisError) in
            switch name {
            case "config": schedule = try GenesisSchedule(&reader)
            case "alloc": state = try readState(&reader)
            case "gasLimit": gasLimit = try GenesisValue(name, &reader).number64()
            default: try read(name, into: &header, &reader)
            }
        }
        do throws(JSONError) {
            try reader.finish()
        } catch {
            throw GenesisError("", error)
        }
        guard let schedule else { throw GenesisError("config", "missing: it says which rules the chain has") }
        guard let gasLimit, gasLimit > 0 else { throw GenesisError("gasLimit", "missing: blocks need gas") }
        header.gasLimit = gasLimit
        return Genesis(configuration: try schedule.configuration(), header: header, state: state)
    }

    /// Reads one field of the header; others are passed over.
    private static func read(
        _ name: String, into header: inout BlockHeader, _ reader: inout JSONReader
    ) throws(GenesisError) {
        switch name {
        case "nonce": header.nonce = try GenesisValue(name, &reader).word().clampedToUInt64
        case "timestamp": header.timestamp = try GenesisValue(name, &reader).number64() ?? 0
        case "extraData": header.extraData = try GenesisValue(name, &reader).bytes()
        case "difficulty": header.difficulty = try GenesisValue(name, &reader).number() ?? 0
        case "mixHash", "mixhash": header.mixHash = Hash256(try GenesisValue(name, &reader).word())
        case "coinbase": header.coinbase = try GenesisValue(name, &reader).address()
        case "number": header.number = try GenesisValue(name, &reader).number64() ?? 0
        case "gasUsed": header.gasUsed = try GenesisValue(name, &reader).number64() ?? 0
        case "parentHash": header.parentHash = Hash256(try GenesisValue(name, &reader).word())
        case "baseFeePerGas": header.baseFee = try GenesisValue(name, &reader).number()
        case "excessBlobGas": header.excessBlobGas = try GenesisValue(name, &reader).number64()
        case "blobGasUsed": header.blobGasUsed = try GenesisValue(name, &reader).number64()
        default: try reader.skip(name)
        }
    }

    // MARK: State

    private static func readState(_ reader: inout JSONReader) throws(GenesisError) -> StateDiff {
        var state = StateDiff()
        var seen: Set<Address> = []
        try reader.members(of: "alloc") { (name, reader) throws(GenesisError) in
            let key = "alloc.\(name)"
            guard let address = try? Address(hex: name) else {
                throw GenesisError(key, "no address: 40 hexadecimal digits are")
            }
            guard seen.insert(address).inserted else { throw GenesisError(key, "the account is there twice") }
            try readAccount(address, key, into: &state, &reader)
        }
        return state
    }

    private static func readAccount(
        _ address: Address, _ key: String, into state: inout StateDiff, _ reader: inout JSONReader
    ) throws(GenesisError) {
        var record = AccountRecord()
        let start = state.slots.count
        try reader.members(of: key) { (name, reader) throws(GenesisError) in
            switch name {
            case "balance": record.balance = try GenesisValue("\(key).balance", &reader).number() ?? 0
            case "nonce": record.nonce = try GenesisValue("\(key).nonce", &reader).number64() ?? 0
            case "code":
                let code = try GenesisValue("\(key).code", &reader).bytes()
                guard !code.isEmpty else { return }
                record.codeHash = Keccak256.hash(code)
                state.codes.append(StateDiff.NewCode(hash: record.codeHash, bytes: code))
            case "storage":
                try readStorage("\(key).storage", into: &state.slots, &reader)
            default: try reader.skip(key)
            }
        }
        record.hasStorage = state.slots.count > start
        state.accounts.append(
            StateDiff.AccountChange(address: address, record: record, slots: start..<state.slots.count))
    }

    private static func readStorage(
        _ key: String, into slots: inout [StateDiff.SlotChange], _ reader: inout JSONReader
    ) throws(GenesisError) {
        var seen: Set<UInt256> = []
        try reader.members(of: key) { (name, reader) throws(GenesisError) in
            var digits = name.hasPrefix("0x") || name.hasPrefix("0X") ? String(name.dropFirst(2)) : name
            if digits.count % 2 == 1 { digits = "0" + digits }
            guard let bytes = try? Hex.decode(digits), bytes.count <= 32 else {
                throw GenesisError("\(key).\(name)", "no slot: at most 64 hexadecimal digits are")
            }
            let slot = UInt256(Hash256([UInt8](repeating: 0, count: 32 - bytes.count) + bytes) ?? Hash256())
            guard seen.insert(slot).inserted else { throw GenesisError("\(key).\(name)", "the slot is there twice") }
            let value = try GenesisValue("\(key).\(name)", &reader).word()
            if !value.isZero { slots.append(StateDiff.SlotChange(key: slot, value: value)) }
        }
    }
}
