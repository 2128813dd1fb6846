import JSONRPC

/// Why a genesis file says nothing that a chain could begin with.
public struct GenesisError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where: the keys from the outermost one, with dots between.
    public var key: String
    /// What is wrong there, and how to mend it.
    public var problem: String

    init(_ key: String, _ problem: String) {
        self.key = key
        self.problem = problem
    }

    init(_ key: String, _ error: JSONError) { self.init(key, error.description) }

    public var description: String { key.isEmpty ? "genesis: \(problem)" : "genesis, \(key): \(problem)" }
}
