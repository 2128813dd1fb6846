import EthereumClient

extension Fleet {
    /// The chain that a rollup's node says it has; its processes are woken for it.
    ///
    /// - Parameter patience: for how long an answer is waited for.
    func chainID(of name: String, patience: Duration) async throws(EthereumClientError) -> UInt64 {
        let node = try EthereumClient([Endpoint(endpoint(of: name))])
        let answer: Result<UInt64, EthereumClientError>
        do throws(EthereumClientError) { answer = .success(try await node.chainID(patience: patience)) } catch {
            answer = .failure(error)
        }
        await node.close()
        return try answer.get()
    }
}
