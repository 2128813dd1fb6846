import Primitives
import Testing

@testable import DevL1

/// Official vectors: FIPS 180-4 (NIST examples), RFC 4231, BIP-39 (Trezor), BIP-32.
@Suite struct KeysTests {
    @Test(arguments: [
        (
            "abc",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
        (
            "",
            "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
                + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
                + "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"
        ),
    ])
    func sha512(message: String, digest: String) throws {
        #expect(try SHA512.hash(Array(message.utf8)) == Hex.decode(digest))
    }

    @Test(arguments: [
        (
            "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
                + "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"
        ),
        (
            "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
        ),
        // A key longer than a block.
        (
            String(repeating: "aa", count: 131),
            "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
                + "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"
        ),
    ])
    func hmac(key: String, message: String, code: String) throws {
        #expect(try HMACSHA512.authenticate(Hex.decode(message), key: Hex.decode(key)) == Hex.decode(code))
    }

    @Test func seedOfWords() throws {
        let words = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
        let seed =
            "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e5349553"
            + "1f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04"
        #expect(try Mnemonic.seed(words, passphrase: "TREZOR") == Hex.decode(seed))
    }

    /// Test vector 1: m/0'/1/2'/2/1000000000.
    @Test func derivation() throws {
        var key = try #require(ExtendedKey(seed: Hex.decode("000102030405060708090a0b0c0d0e0f")))
        let expected = [
            "e8f32e723decf4051aefac8e2c93c9c5b214313817cdb01a1494b917c8436b35",
            "edb2e14f9ee77d26dd93b4ecede8d16ed408ce149b6cd80b0715a2d911a0afea",
            "3c6cb8d0f6a264c91ea8b5030fadaa8e538b020f0a387421a12de9319dc93368",
            "cbce0d719ecf7431d88e6a89fa1483e02e35092af60c042b1df2ff59fa424dca",
            "0f479245fb19a38a1954c5c7c0ebab2f9bdfd96a17563ef28a6a4b1a2a764ef4",
            "471b76e389e528d6de6d816857e012c5455051cad6660850e58372a6c3e6e7c8",
        ]
        #expect(key.key.bytes == (try Hex.decode(expected[0])))
        let path: [UInt32] = [ExtendedKey.hardened, 1, 2 + ExtendedKey.hardened, 2, 1_000_000_000]
        for (index, expected) in zip(path, expected.dropFirst()) {
            key = try #require(key.child(index))
            #expect(key.key.bytes == (try Hex.decode(expected)))
        }
    }

    @Test func accountsAreThoseOfEveryDevelopmentTool() {
        let start = ContinuousClock.now
        let accounts = DevelopmentAccount.accounts(mnemonic: DevL1Settings().mnemonic, count: 10)
        let elapsed = ContinuousClock.now - start
        #expect(
            accounts.map { $0.checksummedAddress } == [
                "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
                "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC", "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
                "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65", "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc",
                "0x976EA74026E726554dB657fA54763abd0C3a0aa9", "0x14dC79964da2C08b23698B3D3cc7Ca32193d9955",
                "0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f", "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720",
            ])
        #expect(
            Hash256(accounts[0].privateKey).description
                == "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
        // Twenty milliseconds where nobody else has the processor; a debug build is far from it.
        #expect(elapsed < .seconds(5))
    }

    @Test(
        arguments: [
            ("test test test test test test test test test test test junk", nil),
            ("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about", nil),
            (
                "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal "
                    + "winner thank year wave sausage worth title", nil
            ),
            (
                "test test test test test test test test test test test test",
                "the checksum does not fit: a word is another, or in another place"
            ),
            ("test test", "there are 2 words, not 12, 15, 18, 21 or 24"),
            ("test  junk", "there is more than one space between two words, or one at an end"),
            (
                "test test test test test test test test test test test Junk", "\"Junk\" is none of the words of BIP-39"
            ),
        ] as [(String, String?)])
    func findsFlawsOfMnemonics(words: String, flaw: String?) { #expect(Mnemonic.flaw(of: words) == flaw) }
}
