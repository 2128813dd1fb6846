import Primitives
import StateTransition
import Trie

/// An account as the flat state holds it: 2 bytes and what is not zero of it.
///
/// The first byte has a bit for code (1), a bit for storage (2) and the width of the nonce (from bit 2 on), the second
/// the width of the balance. Nonce, balance, code hash, storage root and the version of its node follow.
struct StoredAccount: Equatable {
    var nonce: UInt64 = 0
    var balance: UInt256 = 0
    var codeHash = EmptyHash.code
    var storageRoot = EmptyHash.trieRoot
    /// What the root node of the storage trie is stored under; 0 where there is no storage.
    var storageVersion: UInt32 = 0

    var record: AccountRecord {
        AccountRecord(
            nonce: nonce, balance: balance, codeHash: codeHash, hasStorage: storageRoot != EmptyHash.trieRoot)
    }

    var trieAccount: TrieAccount {
        TrieAccount(nonce: nonce, balance: balance, storageRoot: storageRoot, codeHash: codeHash)
    }

    func encode(to bytes: inout [UInt8]) {
        let nonceWidth = (71 - nonce.leadingZeroBitCount) / 8
        var flags = UInt8(nonceWidth) << 2
        if codeHash != EmptyHash.code { flags |= 1 }
        if storageRoot != EmptyHash.trieRoot { flags |= 2 }
        bytes.append(flags)
        bytes.append(UInt8(balance.byteWidth))
        withUnsafeBytes(of: nonce.bigEndian) { bytes.append(contentsOf: $0.suffix(nonceWidth)) }
        withUnsafeBytes(of: Hash256(balance)) { bytes.append(contentsOf: $0.suffix(balance.byteWidth)) }
        if flags & 1 != 0 { withUnsafeBytes(of: codeHash) { bytes.append(contentsOf: $0) } }
        if flags & 2 != 0 {
            withUnsafeBytes(of: storageRoot) { bytes.append(contentsOf: $0) }
            withUnsafeBytes(of: storageVersion.bigEndian) { bytes.append(contentsOf: $0) }
        }
    }
}

extension StoredAccount {
    /// Nil where the bytes are not an account.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 2 else { return nil }
        let flags = bytes[0]
        let nonceWidth = Int(flags >> 2)
        let balanceWidth = Int(bytes[1])
        let expected =
            2 + nonceWidth + balanceWidth + (flags & 1 == 0 ? 0 : 32) + (flags & 2 == 0 ? 0 : 36)
        guard nonceWidth <= 8, balanceWidth <= 32, bytes.count == expected else { return nil }
        var offset = 2
        for _ in 0..<nonceWidth {
            nonce = nonce << 8 | UInt64(bytes[offset])
            offset += 1
        }
        guard let wei = UInt256(bigEndianBytes: bytes[offset..<offset + balanceWidth]) else { return nil }
        balance = wei
        offset += balanceWidth
        if flags & 1 != 0 {
            codeHash = bytes.hash(at: offset)
            offset += 32
        }
        if flags & 2 != 0 {
            storageRoot = bytes.hash(at: offset)
            storageVersion = bytes.number(at: offset + 32, as: UInt32.self)
        }
    }
}
