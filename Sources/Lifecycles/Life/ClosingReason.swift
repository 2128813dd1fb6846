/// Why a rollup was closed, or may be.
public enum ClosingReason: UInt8, CaseIterable, Sendable {
    case owner = 0
    case expired = 1
    case unfunded = 2
    case silent = 3

    /// One word, as JSON has it.
    public var name: String {
        switch self {
        case .owner: "owner"
        case .expired: "expired"
        case .unfunded: "unfunded"
        case .silent: "silent"
        }
    }

    /// What people are told.
    public var text: String {
        switch self {
        case .owner: "its owner has ended it"
        case .expired: "its time was over"
        case .unfunded: "its budget was spent"
        case .silent: "its blocks did not come to L1 any more"
        }
    }
}
