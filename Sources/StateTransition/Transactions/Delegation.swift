import Primitives

/// The code of an account that runs another's (EIP-7702): 0xEF0100 and the other's address.
enum Delegation {
    /// The code that delegates to `target`.
    static func code(target: Address) -> [UInt8] { [0xEF, 0x01, 0x00] + target.bytes }
}
