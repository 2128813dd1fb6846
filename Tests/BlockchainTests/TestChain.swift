import Blockchain
import Cryptography
import EVM
import Glibc
import Primitives
import Sequencing
import StateTransition
import Storage

/// A directory that goes with the value.
final class TemporaryDirectory {
    let path: String

    init() {
        var template = Array("/tmp/mayfly-chain-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("no temporary directory: errno \(errno)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for name in ["chain.mdb", "chain.mdb-lock", "chain.lock"] { unlink(path + "/" + name) }
        rmdir(path)
    }
}

/// An account that signs.
struct TestAccount {
    let key: UInt256
    let address: Address

    init(_ number: UInt64) {
        key = UInt256(number &+ 0x1000)
        let signature = Secp256k1.sign(hash: Hash256(), privateKey: key)!
        address = Secp256k1.recoverAddress(
            hash: Hash256(), r: signature.r, s: signature.s, isOdd: signature.isOdd)!
    }

    func transfer(
        _ nonce: UInt64, to: Address, value: UInt256 = 1, tip: UInt256 = 1_000_000_000, gasLimit: UInt64 = 21_000
    ) -> Transaction {
        signed(nonce, to: to, value: value, tip: tip, gasLimit: gasLimit)
    }

    func signed(
        _ nonce: UInt64, to: Address?, value: UInt256 = 0, input: [UInt8] = [], tip: UInt256 = 1_000_000_000,
        gasLimit: UInt64
    ) -> Transaction {
        var transaction = Transaction(
            kind: .dynamicFee, chainID: 1337, nonce: nonce, maxFeePerGas: 100_000_000_000, maxPriorityFeePerGas: tip,
            gasLimit: gasLimit, to: to, value: value, input: input)
        let signature = Secp256k1.sign(hash: transaction.signingHash, privateKey: key)!
        transaction.signature = Signature(v: signature.isOdd ? 1 : 0, r: signature.r, s: signature.s)
        return transaction
    }
}

/// A chain of Osaka's rules with accounts 1 to 8 of a thousand ether each.
final class TestChain {
    let directory = TemporaryDirectory()
    private var opened: Chain?
    var chain: Chain { opened! }
    static let accounts = (1...8).map { TestAccount($0) }
    static var configuration: ChainConfiguration { .always(.osaka, chainID: 1337) }

    init() throws { try open() }

    private func open() throws {
        let database = try ChainDatabase(directory: directory.path, genesis: Self.genesis())
        opened = try Chain(configuration: Self.configuration, database: database)
    }

    /// Closes the database and opens it again.
    func restart() throws {
        try chain.database.close()
        opened = nil
        try open()
    }

    /// System contracts that the rules of Osaka call: each answers nothing.
    private static let systemContracts = [
        "00000961ef480eb55e80d19ad83579a64c007002", "0000bbddc7ce488642fb579f8b00f3a590007251",
    ].compactMap { try? Address(hex: $0) }

    static func genesis() throws -> GenesisBlock {
        var state = StateDiff()
        for account in accounts {
            state.accounts.append(
                StateDiff.AccountChange(
                    address: account.address,
                    record: AccountRecord(balance: UInt256(1_000) &* 1_000_000_000_000_000_000)))
        }
        let stop: [UInt8] = [0x00]
        let hash = Keccak256.hash(stop)
        state.codes = [StateDiff.NewCode(hash: hash, bytes: stop)]
        for address in systemContracts {
            state.accounts.append(
                StateDiff.AccountChange(address: address, record: AccountRecord(nonce: 1, codeHash: hash)))
        }
        let empty = MemoryState()
        let header = BlockHeader(
            stateRoot: try empty.root(after: state), gasLimit: 30_000_000, timestamp: 1_000, baseFee: 1_000_000_000,
            withdrawalsRoot: EmptyHash.trieRoot, blobGasUsed: 0, excessBlobGas: 0, parentBeaconBlockRoot: Hash256(),
            requestsHash: EmptyHash.requests)
        return GenesisBlock(chainID: 1337, block: Block(header: header, withdrawals: []), state: state)
    }

    /// Attributes of the block `distance` after the head, or after another block.
    func attributes(after header: BlockHeader? = nil, recipient: UInt64 = 0xFEE) throws -> BlockAttributes {
        let parent = try header ?? chain.view().headHeader
        return BlockAttributes(
            timestamp: parent.timestamp + 12, randomness: Hash256(UInt256(parent.number)),
            feeRecipient: Address(truncating: UInt256(recipient)))
    }

    func balance(_ address: Address) throws -> UInt256 {
        let view = try chain.view()
        return try view.state(view.head).account(address)?.balance ?? 0
    }
}
