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
        let found = await Self.asking(every: interval, report: report) {
            () async -> Result<UInt64, EthereumClientError> in
            do throws(EthereumClientError) {
                return .success(try await chainID(patience: Self.probe))
            } catch {
                return .failure(error)
            }
        }
        guard let found else { return false }
        guard found == expected else { throw WrongChain(found: found, expected: expected) }
        return true
    }

    /// Asks until there is an answer.
    ///
    /// - Parameters:
    ///   - interval: from one round of asking to the next.
    ///   - report: is told once why there is no answer, and nil when there is one after all.
    ///   - ask: one round; a failure is asked again, what it throws is final.
    /// - Returns: nil where the task was cancelled before.
    package static func asking<Answer, Reason, Failure: Error>(
        every interval: Duration, report: (Reason?) -> Void,
        _ ask: () async throws(Failure) -> Result<Answer, Reason>
    ) async throws(Failure) -> Answer? {
        var hasFailed = false
        while !Task.isCancelled {
            switch try await ask() {
            case .success(let answer):
                if hasFailed { report(nil) }
                return answer
            case .failure(let reason):
                if !hasFailed && !Task.isCancelled { report(reason) }
                hasFailed = true
            }
            try? await Task.sleep(for: interval)
        }
        return nil
    }
}
