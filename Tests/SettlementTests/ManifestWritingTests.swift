import Layers
import Primitives
import Testing

@Suite struct ManifestWritingTests {
    @Test(arguments: [
        RollupManifest.Lifetime.permanent, .duration(7_200), .until(1_900_000_000),
    ])
    func readsWhatItWrites(_ lifetime: RollupManifest.Lifetime) throws {
        var manifest = RollupManifest(
            name: "arcade", accounts: .init(owner: Address(truncating: 1), batcher: Address(truncating: 2)),
            l1ChainID: 1337)
        manifest.lifetime = lifetime
        if lifetime != .permanent {
            manifest.ending.drainBlocks = 9
            manifest.ending.idleBlocks = 77
            manifest.ending.budget = .init(wei: .max, weiPerSecond: 5, payee: Address(truncating: 9))
        }
        manifest.dataAvailability = .altDA
        manifest.sequencing = .standby
        manifest.blockTime = 1
        manifest.gasLimit = 30_000_001
        manifest.fees.minimumBaseFee = .max
        manifest.fees.operatorFeeConstant = 77
        manifest.fees.dataFootprintGasScalar = 9
        var first = Allocation(address: Address(truncating: 0xFFFF_0001), nonce: .max, code: [0x60, 0])
        first.storage = [.init(key: 0, value: .max), .init(key: .max, value: 1)]
        manifest.allocations = [first, Allocation(address: Address(truncating: 0xFFFF_0002))]
        let read = try RollupManifest(document: manifest.document, l1ChainID: 1)
        #expect(read == manifest)
        #expect(read.document == manifest.document)
    }
}
