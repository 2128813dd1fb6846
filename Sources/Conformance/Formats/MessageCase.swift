public import Primitives

/// A message call to run, with the accounts it meets, as the benchmark folder writes it: one `name value` a line.
///
/// `to`, `caller`, `gas`, `input` and `value` say what to call; `code ADDRESS HEX` and `store ADDRESS SLOT VALUE` fill the state.
public struct MessageCase: Sendable {
    public var recipient = Address()
    public var caller = Address()
    public var gas: UInt64 = 30_000_000
    public var value = UInt256.zero
    public var input: [UInt8] = []
    public var codes: [(address: Address, code: [UInt8])] = []
    public var slots: [(address: Address, slot: UInt256, value: UInt256)] = []

    /// Where code runs that comes without an address.
    public static let defaultRecipient = Address(truncating: 0xC0DE)
    /// Who calls it.
    public static let defaultCaller = Address(truncating: 0xCA11E4)

    public init() {}

    /// The accounts that the call meets; the caller can pay the value.
    var accounts: [FixtureAccount] {
        var accounts: [FixtureAccount] = []
        func index(of address: Address) -> Int {
            if let index = accounts.firstIndex(where: { $0.address == address }) { return index }
            accounts.append(FixtureAccount(address: address))
            return accounts.count - 1
        }
        for (address, code) in codes { accounts[index(of: address)].code = code }
        for (address, slot, value) in slots { accounts[index(of: address)].storage.append((slot, value)) }
        if !value.isZero { accounts[index(of: caller)].balance = value }
        return accounts
    }

    /// Reads the text of a case.
    ///
    /// - Throws: `FixtureError` with the number of the line.
    public init(_ text: String) throws(FixtureError) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
            guard let name = words.first, !name.hasPrefix("#") else { continue }
            guard read(name, Array(words.dropFirst())) else {
                let line = line.count > 100 ? line.prefix(100) + "..." : line
                throw FixtureError(place: "line \(index + 1)", problem: "cannot read \"\(line)\"")
            }
        }
    }

    private mutating func read(_ name: String, _ words: [String]) -> Bool {
        switch (name, words.count) {
        case ("to", 1): return Self.assign(&recipient, Self.address(words[0]))
        case ("caller", 1): return Self.assign(&caller, Self.address(words[0]))
        case ("gas", 1): return Self.assign(&gas, Self.integer(words[0])?.asUInt64)
        case ("value", 1): return Self.assign(&value, Self.integer(words[0]))
        case ("input", 0): return true
        case ("input", 1): return Self.assign(&input, HexText.bytes(words[0]))
        case ("code", 1), ("code", 2):
            guard let address = Self.address(words[0]), let code = HexText.bytes(words.count == 2 ? words[1] : "")
            else { return false }
            codes.append((address, code))
        case ("store", 3):
            guard let address = Self.address(words[0]), let slot = Self.integer(words[1]),
                let value = Self.integer(words[2])
            else { return false }
            slots.append((address, slot, value))
        default: return false
        }
        return true
    }

    private static func assign<Value>(_ target: inout Value, _ value: Value?) -> Bool {
        guard let value else { return false }
        target = value
        return true
    }

    private static func address(_ text: String) -> Address? { HexText.bytes(text).flatMap { Address($0) } }

    private static func integer(_ text: String) -> UInt256? {
        var text = text
        let value = text.withUTF8 { IntegerText(UnsafeRawBufferPointer($0)) }
        guard case .inRange(let value) = value else { return nil }
        return value
    }
}
