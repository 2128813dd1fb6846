import JSONRPC

/// The endpoints serve another chain than they should.
public struct WrongChain: Error, Equatable, Sendable {
    public let found: UInt64
    public let expected: UInt64

    public init(found: UInt64, expected: UInt64) {
        self.found = found
        self.expected = expected
    }
}

extension EthereumClient {
    /// For one round of asking: so long nobody hears that no endpoint answers.
    private static let probe = Duration.seconds(2)

    /// Waits until an endpoint answers, and makes sure that the chain is the one that it should be.
    ///
    /// - Parameters:
    ///   - interval: from one round of asking to the next.
    ///   - report: is told once why no endpoint answers, and nil when one does after all.
    /// - Returns: false where the task was cancelled before.
    public func confirm(
        chainID expected: UInt64, every interval: Duration, report: (EthereumClientError?) -> Void
    ) async throws(WrongChain) -> Bool {
        var hasFailed = false
        while !Task.isCancelled {
            let found: UInt64
            do throws(EthereumClientError) {
                found = try await chainID(patience: Self.probe)
            } catch {
                if !hasFailed && !Task.isCancelled { report(error) }
                hasFailed = true
                try? await Task.sleep(for: interval)
                continue
            }
            if hasFailed { report(nil) }
            guard found == expected else { throw WrongChain(found: found, expected: expected) }
            return true
        }
        return false
    }
}
