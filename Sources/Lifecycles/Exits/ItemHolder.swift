public import Primitives

/// An account that has, or has had, some of one item of an ERC-1155 collection.
public struct ItemHolder: Hashable, Comparable, Sendable {
    public var tokenID: UInt256
    public var account: Address

    public init(tokenID: UInt256, account: Address) {
        self.tokenID = tokenID
        self.account = account
    }

    /// By item, then by account.
    public static func < (left: ItemHolder, right: ItemHolder) -> Bool {
        (left.tokenID, left.account) < (right.tokenID, right.account)
    }
}
