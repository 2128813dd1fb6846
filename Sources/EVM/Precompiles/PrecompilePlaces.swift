public import Primitives

/// Precompiles that are for once elsewhere than the rules put them, or nowhere: what a simulation may ask for.
public struct PrecompilePlaces {
    private enum Place {
        case empty
        case holds(Precompile)
    }

    private var changes = HashTable<Address, Place>()

    /// Every precompile where the rules put it.
    public init() {}

    /// What is at `address` then.
    public func precompile(at address: Address, rules: Rules) -> Precompile? {
        switch changes[address] {
        case .empty: nil
        case .holds(let precompile): precompile
        case nil: Precompile.at(address, rules: rules)
        }
    }

    /// Makes an address one of an account like any other.
    public mutating func clear(_ address: Address) { changes.set(address, .empty) }

    /// Puts a precompile at an address, in place of whatever is there.
    public mutating func put(_ precompile: Precompile, at address: Address) { changes.set(address, .holds(precompile)) }
}
