import Primitives

/// A hash or address as a key of a `Dictionary`, whose hashing strangers cannot foresee: they choose the keys.
struct DictionaryKey<Value: Equatable & BitwiseCopyable & Sendable>: Hashable {
    let value: Value

    init(_ value: Value) { self.value = value }

    static func == (left: Self, right: Self) -> Bool { left.value == right.value }

    func hash(into hasher: inout Hasher) {
        withUnsafeBytes(of: value) { hasher.combine(bytes: $0) }
    }
}

typealias Hash256Key = DictionaryKey<Hash256>
typealias AddressKey = DictionaryKey<Address>
