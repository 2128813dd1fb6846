public import Primitives

extension BlockExecution {
    /// Touches an account between transactions, as paying it nothing does: before EIP-161 it comes to be, from then on it
    /// goes if it is empty.
    public mutating func touch(_ address: Address) throws(StateError) {
        state.beginTransaction()
        try state.credit(state.account(address), .zero)
        try state.endTransaction()
    }
}
