import Cryptography
public import Primitives

/// Where a contract comes to be.
public enum ContractAddress {
    /// The address of the contract that `creator` creates with `nonce` (yellow paper, 7).
    public static func created(by creator: Address, nonce: UInt64) -> Address {
        var writer = RLPWriter(minimumCapacity: 32)
        writer.appendList { list in
            list.append(creator)
            list.append(nonce)
        }
        return Address(truncating: UInt256(Keccak256.hash(writer.bytes)))
    }
}
