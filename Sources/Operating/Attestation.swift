public import Primitives
import Cryptography

/// The service that a rollup's operators sign for: what makes their signatures mean nothing anywhere else.
public struct AttestedRollup: Hashable, Sendable {
    /// The chain that the contracts are on.
    public var l1ChainID: UInt64
    /// The ServiceManager.
    public var serviceManager: Address
    /// The rollup's SystemConfig.
    public var systemConfig: Address
    public var l2ChainID: UInt64

    public init(l1ChainID: UInt64, serviceManager: Address, systemConfig: Address, l2ChainID: UInt64) {
        self.l1ChainID = l1ChainID
        self.serviceManager = serviceManager
        self.systemConfig = systemConfig
        self.l2ChainID = l2ChainID
    }
}

/// Where an operator signs one value, ever.
public struct AttestedPlace: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable {
        /// The output root after a block.
        case output = 1
        /// A block's hash.
        case block = 2
        /// A part of a block that is still open.
        case part = 3
    }

    public let kind: Kind
    /// The block.
    public let number: UInt64
    /// The part of the block; zero for other kinds.
    public let index: UInt64

    private init(kind: Kind, number: UInt64, index: UInt64) {
        self.kind = kind
        self.number = number
        self.index = index
    }

    public static func output(_ number: UInt64) -> Self { Self(kind: .output, number: number, index: 0) }
    public static func block(_ number: UInt64) -> Self { Self(kind: .block, number: number, index: 0) }
    public static func part(_ index: UInt64, of number: UInt64) -> Self {
        Self(kind: .part, number: number, index: index)
    }
}

/// What an operator says by its signature: that it has executed the rollup up to a place, and found this.
public struct Attestation: Hashable, Sendable {
    public var rollup: AttestedRollup
    public var place: AttestedPlace
    public var value: Hash256

    public init(_ rollup: AttestedRollup, _ place: AttestedPlace, _ value: Hash256) {
        self.rollup = rollup
        self.place = place
        self.value = value
    }

    private static let typeHash = Keccak256.hash(
        Array(
            ("Attestation(uint8 kind,uint256 l1ChainId,address serviceManager,address systemConfig,uint256 l2ChainId,"
                + "uint64 number,uint64 index,bytes32 value)").utf8))
    private static let certificateTypeHash = Keccak256.hash(
        Array("BN254Certificate(uint32 referenceTimestamp,bytes32 messageHash)".utf8))

    /// What a certificate is of: `attestation` of the ServiceManager.
    public var messageHash: Hash256 {
        Self.hash(
            Self.typeHash, UInt256(UInt64(place.kind.rawValue)), UInt256(rollup.l1ChainID),
            UInt256(rollup.serviceManager),
            UInt256(rollup.systemConfig), UInt256(rollup.l2ChainID), UInt256(place.number), UInt256(place.index),
            UInt256(value))
    }

    /// What is signed: `calculateCertificateDigest` of the certificate verifier.
    ///
    /// - Parameter table: the time of the stake table that the signature is to count by, in seconds.
    public func digest(table: UInt32) -> Hash256 {
        Self.hash(Self.certificateTypeHash, UInt256(UInt64(table)), UInt256(messageHash))
    }

    private static func hash(_ type: Hash256, _ words: UInt256...) -> Hash256 {
        var bytes = [UInt8](repeating: 0, count: 32 * (words.count + 1))
        bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            UInt256(type).storeBigEndian(to: base)
            for (index, word) in words.enumerated() { word.storeBigEndian(to: base + 32 * (index + 1)) }
        }
        return Keccak256.hash(bytes)
    }
}
