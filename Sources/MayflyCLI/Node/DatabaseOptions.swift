import ArgumentParser
import Blockchain
import Foundation
import Sequencing
import StateTransition
import Storage

/// Where a chain is kept and how much of it.
struct DatabaseOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The directory of the database; it is made where there is none.", valueName: "dir"))
    var data: String

    @Option(help: ArgumentHelp("For how many blocks back the state can be read: a number, or all.", valueName: "n|all"))
    var history = HistoryLength.all

    func validate() throws {
        if data.isEmpty { throw ValidationError("--data takes a directory, not an empty text.") }
    }

    /// The chain of a genesis file in the directory; of one that it was begun with nothing but the rules is read again.
    func chain(genesisFile path: String, pool: MempoolConfiguration = MempoolConfiguration()) throws -> Chain {
        if FileManager.default.fileExists(atPath: data + "/chain.mdb"),
            let known = KnownGenesis(of: path, in: data)
        {
            do {
                let database = try ChainDatabase(
                    existing: data, isReadOnly: false, options: ChainDatabase.Options(history: history.blocks))
                if database.chainID == known.genesis.configuration.chainID, database.genesis.hash == known.hash {
                    return try Chain(
                        configuration: known.genesis.configuration, database: database, poolConfiguration: pool)
                }
            } catch {
                throw CommandFailure(error)
            }
        }
        let genesis = try GenesisFile.read(path)
        let chain = try chain(genesis, pool: pool)
        KnownGenesis.note(hash: chain.database.genesis.hash, of: path, in: data)
        return chain
    }

    /// The chain of a genesis in the directory.
    func chain(
        _ genesis: Genesis, pool: MempoolConfiguration = MempoolConfiguration()
    ) throws -> Chain {
        do {
            let database = try ChainDatabase(
                directory: data, genesis: genesis.genesisBlock,
                options: ChainDatabase.Options(history: history.blocks))
            return try Chain(configuration: genesis.configuration, database: database, poolConfiguration: pool)
        } catch {
            throw CommandFailure(error)
        }
    }
}
