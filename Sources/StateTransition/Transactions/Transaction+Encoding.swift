import Cryptography
public import Primitives

extension Transaction {
    /// The canonical form: the RLP of a legacy transaction, or type byte and payload (EIP-2718).
    public var encoded: [UInt8] {
        var writer = RLPWriter(minimumCapacity: 128 + input.count)
        encode(to: &writer)
        return writer.bytes
    }

    /// keccak256 of the canonical form.
    public var hash: Hash256 { Keccak256.hash(encoded) }

    /// Appends the canonical form.
    public func encode(to writer: inout RLPWriter) {
        if kind != .legacy { writer.appendEncoded(CollectionOfOne(kind.rawValue)) }
        writer.appendList { list in
            writeFields(to: &list)
            if kind != .deposit {
                list.append(signature.v)
                list.append(signature.r)
                list.append(signature.s)
            }
        }
    }

    /// Appends the transaction as an item of a block's list: a typed one as a byte string.
    public func encodeInBlock(to writer: inout RLPWriter) {
        if kind == .legacy { encode(to: &writer) } else { writer.append(encoded) }
    }

    /// What the sender signs: keccak256 of the fields without the signature, and with the chain id where the
    /// transaction is bound to one (EIP-155).
    public var signingHash: Hash256 {
        var writer = RLPWriter(minimumCapacity: 128 + input.count)
        if kind != .legacy { writer.appendEncoded(CollectionOfOne(kind.rawValue)) }
        writer.appendList { list in
            writeFields(to: &list)
            if kind == .legacy, let chainID {
                list.append(chainID)
                list.append(0 as UInt64)
                list.append(0 as UInt64)
            }
        }
        return Keccak256.hash(writer.bytes)
    }

    /// Appends the fields in order, without the signature.
    private func writeFields(to list: inout RLPWriter) {
        if let deposit {
            list.append(deposit.sourceHash)
            list.append(deposit.from)
            list.append(to)
            list.append(deposit.mint)
            list.append(value)
            list.append(gasLimit)
            list.append(deposit.isSystemTransaction ? 1 : 0 as UInt64)
            list.append(input)
            return
        }
        if kind != .legacy { list.append(chainID ?? 0) }
        list.append(nonce)
        list.append(maxPriorityFeePerGas)
        if kind != .legacy && kind != .accessList { list.append(maxFeePerGas) }
        list.append(gasLimit)
        list.append(to)
        list.append(value)
        list.append(input)
        if kind == .legacy { return }
        list.appendList { entries in
            for entry in accessList {
                entries.appendList { item in
                    item.append(entry.address)
                    item.appendList { keys in for slot in entry.slots { keys.append(Hash256(slot)) } }
                }
            }
        }
        if kind == .blob {
            list.append(maxFeePerBlobGas)
            list.appendList { hashes in for hash in blobHashes { hashes.append(hash) } }
        }
        if kind == .setCode {
            list.appendList { items in for authorization in authorizations { authorization.encode(to: &items) } }
        }
    }
}

extension Authorization {
    /// What the authority signs (EIP-7702).
    public var signingHash: Hash256 {
        var writer = RLPWriter(minimumCapacity: 72)
        writer.appendEncoded(CollectionOfOne(0x05))
        writer.appendList { list in
            list.append(chainID)
            list.append(address)
            list.append(nonce)
        }
        return Keccak256.hash(writer.bytes)
    }

    func encode(to writer: inout RLPWriter) {
        writer.appendList { list in
            list.append(chainID)
            list.append(address)
            list.append(nonce)
            list.append(UInt64(yParity))
            list.append(r)
            list.append(s)
        }
    }
}
