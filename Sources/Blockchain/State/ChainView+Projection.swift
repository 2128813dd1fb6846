import Primitives
import StateTransition
public import Storage

extension ChainView {
    /// The roots of states that come one after another on top of that which a block left.
    ///
    /// - Throws: `ChainError.stateUnavailable` where that is not kept.
    public func projection(from reference: BlockReference) throws(ChainError) -> StateProjection {
        let state = try state(reference)
        do throws(StateError) {
            if let overlaid = state as? OverlaidState { return try overlaid.projection() }
            if let stored = state as? StoredState { return try stored.projection() }
        } catch {
            throw .invalid(.state(error))
        }
        throw .stateUnavailable(reference)
    }
}
