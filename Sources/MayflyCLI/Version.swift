/// What this program calls itself.
enum Version {
    static let number = "0.3.0"
    /// The answer to `web3_clientVersion`.
    static let client = "mayfly/v\(number)/linux-x86_64/swift"
}
