public import Derivation
public import Layers

/// The first meeting of a node with its L1, which may not be there yet when the node starts, and what it waits for since.
public struct L1Meeting: Sendable {
    /// Waits until L1 is there, makes sure that it is the rollup's, and completes what the rollup's file does not say of it;
    /// tells once what is the matter, and nil when it is over. Nil where the task was cancelled before.
    public typealias Introduction =
        @Sendable (_ report: @Sendable (String?) -> Void) async throws(LayerError) -> RollupConfiguration?

    /// So long L1 may not answer before who watches over the node is to hear of it.
    private static let silencePatience = Duration.seconds(60)

    private let introduction: Introduction?
    /// What stands in the way of all work; nil for nothing.
    private let obstacle = Latest<String?>()

    /// - Parameter introduction: nil where the configuration is complete, and L1 was there.
    init(_ introduction: Introduction?) {
        self.introduction = introduction
        if introduction != nil { obstacle.set("L1 was not asked yet") }
    }

    /// Waits for L1.
    ///
    /// - Returns: false where the task was cancelled before.
    func wait(
        _ report: @escaping @Sendable (RollupNode.Notice) -> Void,
        complete: (RollupConfiguration) async -> Void
    ) async throws(DerivationFailure) -> Bool {
        guard let introduction else { return true }
        let completed: RollupConfiguration?
        do throws(LayerError) {
            completed = try await introduction { [obstacle] trouble in
                guard let trouble else { return report(.recovered("L1")) }
                let text = "L1 cannot be reached (\(trouble)): nothing is derived until it is there"
                obstacle.set(text)
                report(.trouble(text))
            }
        } catch {
            throw .layer(error)
        }
        guard let completed else { return false }
        await complete(completed)
        obstacle.set(nil)
        return true
    }

    /// What a node waits for before it can do its work; nil for nothing.
    func waitsFor(_ l1: L1Source, _ verifier: Verifier) -> String? {
        if let obstacle = obstacle.value ?? nil { return obstacle }
        if let silence = l1.silentSince?.duration(to: .now), silence > Self.silencePatience {
            return "L1 has not answered for \(Int(silence / .seconds(1))) s"
        }
        return verifier.status.value?.trouble.map { "derivation: \($0)" }
    }
}
