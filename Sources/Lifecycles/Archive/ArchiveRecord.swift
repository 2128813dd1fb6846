import Primitives
import StateTransition

/// One record of an archive: an RLP list whose first item is the record's kind.
///
/// The records come in the order of their kinds, but that an account's slots follow it, and that the end is the last. See `docs/archive.md`.
enum ArchiveRecord {
    /// What a file begins with, before its first record. The first version did not have who holds ERC-1155 items: read as
    /// one of this version it would leave them out.
    static let magic = Array("mayfly archive 2\n".utf8)
    /// Slots of one record, so that an account of any size is written and read in pieces.
    static let slotLimit = 512
    /// Holders of one record.
    static let holderLimit = 1_024

    /// The chain, and the header of the block whose state this is.
    case beginning(chainID: UInt64, header: BlockHeader)
    /// In ascending order of address.
    case account(Address, nonce: UInt64, balance: UInt256, codeHash: Hash256)
    /// Of the account before; in ascending order of key, without zeros.
    case slots([(key: UInt256, value: UInt256)])
    /// In ascending order of hash, each that an account has.
    case code([UInt8])
    /// Whose address some slots of a contract are made of, in ascending order of contract, then of address.
    case holders(of: Address, [Address])
    /// In the order of their nonces.
    case withdrawal(PassedWithdrawal)
    /// Who has some of an item of an ERC-1155 collection, in ascending order of collection, then of item, then of address.
    case itemHolders(of: Address, tokenID: UInt256, [Address])
    /// How many records came before.
    case end(count: UInt64)

    /// The number that the list begins with.
    var kind: UInt64 {
        switch self {
        case .beginning: 0
        case .account: 1
        case .slots: 2
        case .code: 3
        case .holders: 4
        case .withdrawal: 5
        case .end: 6
        case .itemHolders: 7
        }
    }

    var encoded: [UInt8] {
        var writer = RLPWriter()
        writer.appendList { list in
            list.append(kind)
            switch self {
            case .beginning(let chainID, let header):
                list.append(chainID)
                header.encode(to: &list)
            case .account(let address, let nonce, let balance, let codeHash):
                list.append(address)
                list.append(nonce)
                list.append(balance)
                list.append(codeHash)
            case .slots(let slots):
                for slot in slots {
                    list.append(slot.key)
                    list.append(slot.value)
                }
            case .code(let code): list.append(code)
            case .holders(let contract, let holders):
                list.append(contract)
                for holder in holders { list.append(holder) }
            case .withdrawal(let withdrawal):
                list.append(withdrawal.blockNumber)
                list.append(withdrawal.nonce)
                list.append(withdrawal.sender)
                list.append(withdrawal.target)
                list.append(withdrawal.value)
                list.append(withdrawal.gasLimit)
                list.append(withdrawal.data)
            case .itemHolders(let contract, let tokenID, let holders):
                list.append(contract)
                list.append(tokenID)
                for holder in holders { list.append(holder) }
            case .end(let count): list.append(count)
            }
        }
        return writer.bytes
    }

    /// Reads the next record; nil where it is of an unknown kind.
    init?(reading reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        let kind = try list.readUInt64()
        switch kind {
        case 0: self = .beginning(chainID: try list.readUInt64(), header: try BlockHeader(reading: &list))
        case 1:
            self = .account(
                try list.readAddress(), nonce: try list.readUInt64(), balance: try list.readUInt256(),
                codeHash: try list.readHash())
        case 2:
            var slots: [(key: UInt256, value: UInt256)] = []
            while !list.isAtEnd { slots.append((try list.readUInt256(), try list.readUInt256())) }
            self = .slots(slots)
        case 3: self = .code(Array(try list.readBytes()))
        case 4:
            let contract = try list.readAddress()
            self = .holders(of: contract, try Self.readAddresses(&list))
        case 5:
            self = .withdrawal(
                PassedWithdrawal(
                    blockNumber: try list.readUInt64(), nonce: try list.readUInt256(),
                    sender: try list.readAddress(), target: try list.readAddress(), value: try list.readUInt256(),
                    gasLimit: try list.readUInt256(), data: Array(try list.readBytes())))
        case 6: self = .end(count: try list.readUInt64())
        case 7:
            let (contract, tokenID) = (try list.readAddress(), try list.readUInt256())
            self = .itemHolders(of: contract, tokenID: tokenID, try Self.readAddresses(&list))
        default: return nil
        }
        try list.expectEnd()
    }

    private static func readAddresses(_ list: inout RLPReader) throws(RLPError) -> [Address] {
        var addresses: [Address] = []
        while !list.isAtEnd { addresses.append(try list.readAddress()) }
        return addresses
    }
}
