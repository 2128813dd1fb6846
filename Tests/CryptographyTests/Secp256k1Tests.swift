import Cryptography
import Primitives
import Testing

@Suite struct Secp256k1Tests {
    @Test func knownAddresses() throws {
        #expect(Secp256k1.address(of: 1) == (try Address(hex: "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf")))
        let key = UInt256(try Hash256(hex: "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"))
        #expect(Secp256k1.address(of: key) == (try Address(hex: "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266")))
        #expect(Secp256k1.address(of: 0) == nil)
        #expect(Secp256k1.address(of: Secp256k1.order) == nil)
    }

    @Test func deterministicNonces() throws {
        let hash = SHA256.hash(Array("Satoshi Nakamoto".utf8))
        let signature = try #require(Secp256k1.sign(hash: hash, privateKey: 1))
        #expect(
            signature.r == UInt256(try Hash256(hex: "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"))
        )
        #expect(
            signature.s == UInt256(try Hash256(hex: "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5"))
        )
    }

    @Test(arguments: 0..<40) func signedThenRecovered(seed: Int) throws {
        let key = UInt256(Keccak256.hash([UInt8(seed)])) % Secp256k1.order
        let hash = Keccak256.hash([UInt8(seed), 1])
        let signature = try #require(Secp256k1.sign(hash: hash, privateKey: key))
        let (r, s, isOdd) = (signature.r, signature.s, signature.isOdd)
        #expect(s <= Secp256k1.halfOrder)
        let publicKey = try #require(Secp256k1.publicKey(of: key))
        #expect(Secp256k1.verify(hash: hash, r: r, s: s, publicKey: publicKey))
        #expect(Secp256k1.recoverAddress(hash: hash, r: r, s: s, isOdd: isOdd) == Secp256k1.address(of: key))
        // The mirrored signature is the same signer's; another hash, r or s is not.
        #expect(
            Secp256k1.recoverAddress(hash: hash, r: r, s: Secp256k1.order &- s, isOdd: !isOdd)
                == Secp256k1.address(of: key))
        #expect(Secp256k1.recoverAddress(hash: hash, r: r, s: s, isOdd: !isOdd) != Secp256k1.address(of: key))
        #expect(Secp256k1.recoverAddress(hash: hash, r: r, s: s &+ 1, isOdd: isOdd) != Secp256k1.address(of: key))
        #expect(!Secp256k1.verify(hash: Keccak256.hash([7]), r: r, s: s, publicKey: publicKey))
    }

    @Test func outOfRangeIsRefused() {
        let hash = Keccak256.hash([1])
        for (r, s): (UInt256, UInt256) in [(0, 1), (1, 0), (Secp256k1.order, 1), (1, Secp256k1.order), (.max, .max)] {
            #expect(Secp256k1.recoverAddress(hash: hash, r: r, s: s, isOdd: false) == nil)
        }
        // No point of the curve has x = 5.
        #expect(Secp256k1.recoverAddress(hash: hash, r: 5, s: 1, isOdd: false) == nil)
    }
}

@Suite struct P256Tests {
    @Test func verifiesTheExampleOfTheProposal() throws {
        func word(_ hex: String) throws -> UInt256 { UInt256(try Hash256(hex: hex)) }
        // NIST SigVer 186-4, curve P-256, SHA-256, first passing case.
        let hash = try Hash256(hex: "44acf6b7e36c1342c2c5897204fe09504e1e2efb1a900377dbc4e7a6a133ec56")
        let r = try word("f3ac8061b514795b8843e3d6629527ed2afd6b1f6a555a7acabb5e6f79c8c2ac")
        let s = try word("8bf77819ca05a6b2786c76262bf7371cef97b218e96f175a3ccdda2acc058903")
        let x = try word("1ccbe91c075fc7f4f033bfa248db8fccd3565de94bbfb12f3c59ff46c271bf83")
        let y = try word("ce4014c68811f9a21a1fdb2c0e6113e06db7ca93b7404e78dc7ccd5ca89a4ca9")
        #expect(P256.verify(hash: hash, r: r, s: s, x: x, y: y))
        #expect(!P256.verify(hash: hash, r: r, s: s &+ 1, x: x, y: y))
        #expect(!P256.verify(hash: hash, r: r, s: s, x: x, y: y &+ 1))
        #expect(!P256.verify(hash: hash, r: 0, s: s, x: x, y: y))
        #expect(!P256.verify(hash: hash, r: r, s: s, x: 0, y: 0))
    }
}
