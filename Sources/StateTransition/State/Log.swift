public import Primitives

/// What a LOG instruction wrote.
public struct Log: Equatable, Sendable {
    public var address: Address
    /// Four at most.
    public var topics: [Hash256]
    public var data: [UInt8]

    public init(address: Address, topics: [Hash256], data: [UInt8]) {
        self.address = address
        self.topics = topics
        self.data = data
    }
}
