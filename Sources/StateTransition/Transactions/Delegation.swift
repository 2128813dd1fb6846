import EVM
import Primitives

/// The code of an account that runs another's (EIP-7702): 0xEF0100 and the other's address.
enum Delegation {
    static var codeCount: Int { 23 }

    /// The address that `code` delegates to; nil where it is no delegation.
    static func target(of code: Code) -> Address? {
        guard code.count == codeCount, code.bytes[0] == 0xEF, code.bytes[1] == 0x01, code.bytes[2] == 0x00 else {
            return nil
        }
        return Address(copying: code.bytes + 3)
    }

    /// The code that delegates to `target`.
    static func code(target: Address) -> [UInt8] { [0xEF, 0x01, 0x00] + target.bytes }
}
