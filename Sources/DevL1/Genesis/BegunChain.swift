import Blockchain
import Primitives
import StateTransition
import Storage

/// What is known of a chain that was begun in a directory, perhaps with other settings.
struct BegunChain {
    private let chainID: UInt64
    /// Of the genesis block.
    let header: BlockHeader

    /// - Returns: nil where there is none.
    init?(_ directory: String) throws(ChainError) {
        do throws(StorageError) {
            // For writing, so that what a killed process left undone is mended.
            let database = try ChainDatabase(existing: directory, isReadOnly: false)
            let snapshot = try database.snapshot()
            let header = try snapshot.header(snapshot.genesis)
            let chainID = snapshot.chainID
            try database.close()
            guard let header else { return nil }
            (self.chainID, self.header) = (chainID, header)
        } catch {
            if error.code == .missing { return nil }
            throw .storage(error)
        }
    }

    /// In what the chain differs from one that the settings would begin, as command-line options; nil for nothing.
    func difference(from settings: DevL1Settings, accounts: [Address]) -> String? {
        var options: [String] = []
        if chainID != settings.chainID { options.append("--chain-id \(chainID) (not \(settings.chainID))") }
        if header.gasLimit != settings.gasLimit {
            options.append("--gas-limit \(header.gasLimit) (not \(settings.gasLimit))")
        }
        if !isBegun(with: accounts) { options.append(otherAccounts(than: settings)) }
        return options.isEmpty ? nil : options.joined(separator: ", ")
    }

    private func otherAccounts(than settings: DevL1Settings) -> String {
        let all = DevelopmentAccount.accounts(mnemonic: settings.mnemonic, count: 1_000).map { $0.address }
        if let count = (1...all.count).first(where: { isBegun(with: Array(all.prefix($0))) }) {
            return "--accounts \(count) (not \(settings.accountCount))"
        }
        let usual = DevL1Settings()
        let first = DevelopmentAccount.accounts(mnemonic: usual.mnemonic, count: settings.accountCount)
        if isBegun(with: first.map { $0.address }) { return "the usual --mnemonic" }
        return "another --mnemonic"
    }

    private func isBegun(with accounts: [Address]) -> Bool {
        let genesis = DevelopmentGenesis(
            chainID: chainID, gasLimit: header.gasLimit, timestamp: header.timestamp, accounts: accounts
        ).genesis
        guard let block = try? genesis.genesisBlock.block else { return false }
        return block.header.stateRoot == header.stateRoot
    }
}
