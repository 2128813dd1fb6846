import EVM
public import Primitives
public import StateTransition

/// How somebody's assets leave a rollup that has ended.
public enum ExitPath: Equatable, Sendable {
    /// They are paid to the holder's own address: nobody has another's code there.
    case holder
    /// The same, where the holder runs another account's code (EIP-7702): whoever claims has to name it.
    case delegated(Address)
    /// They are paid to the address on L1 that the contract has named.
    case resolver(Address)
    /// The holder is a contract that has named nobody, or the zero address.
    case stuck

    /// The path of one holder.
    ///
    /// - Parameter dissolver: tells whom a contract has named; nil for nobody.
    public init(
        of holder: Address, in state: StateSource, resolver: (Address) throws(StateError) -> Address?
    ) throws(StateError) {
        if holder.isZero {
            self = .stuck
            return
        }
        guard let account = try state.account(holder), account.codeHash != EmptyHash.code else {
            self = .holder
            return
        }
        // A contract's word counts more than what is found out about it.
        if let named = try resolver(holder) {
            self = .resolver(named)
            return
        }
        let code = try state.code(account.codeHash)
        let target = code.withUnsafeBytes { Code.delegationTarget(of: $0) }
        self = target.map { .delegated($0) } ?? .stuck
    }

    /// Whether somebody gets them.
    public var isOpen: Bool { self != .stuck }
}
