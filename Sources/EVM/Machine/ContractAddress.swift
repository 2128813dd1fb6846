import Cryptography
public import Primitives

/// Where new contracts go.
public enum ContractAddress {
    /// The address of CREATE and of a creating transaction: the hash of the RLP of sender and nonce
    /// (yellow paper, section 7).
    public static func create(sender: Address, nonce: UInt64) -> Address {
        // At most 1 + 21 + 9 bytes; the list is short, so its header is one byte.
        var bytes: [UInt8] = [0, 0x94]
        bytes.reserveCapacity(32)
        bytes += sender.bytes
        if nonce != 0 && nonce < 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: nonce))
        } else {
            let count = (64 - nonce.leadingZeroBitCount + 7) / 8
            bytes.append(0x80 + UInt8(truncatingIfNeeded: count))
            var shift = UInt64(8 * count)
            while shift > 0 {
                shift -= 8
                bytes.append(UInt8(truncatingIfNeeded: nonce &>> shift))
            }
        }
        bytes[0] = 0xC0 + UInt8(truncatingIfNeeded: bytes.count - 1)
        return Address(truncating: UInt256(Keccak256.hash(bytes)))
    }

    /// The address of CREATE2 (EIP-1014).
    public static func create2(sender: Address, salt: Hash256, initCodeHash: Hash256) -> Address {
        let bytes = [0xFF] + sender.bytes + salt.bytes + initCodeHash.bytes
        return Address(truncating: UInt256(Keccak256.hash(bytes)))
    }
}
