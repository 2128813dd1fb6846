import Cryptography
import Primitives
import Testing

@Suite struct HashTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func sha256(message: String, expected: String) throws {
        #expect(SHA256.hash(Array(message.utf8)) == (try Hash256(hex: expected)))
    }

    @Test(arguments: [
        ("", "9c1185a5c5e9fc54612808977ee8f548b2258d31"),
        ("abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "12a053384a9c0c88e405a06c27dcf49ada62eb2b"),
        (
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            "b0e20b6e3116640286ed3a87a5713079b21f5189"
        ),
    ])
    func ripemd160(message: String, expected: String) throws {
        let hash = Array(message.utf8).withUnsafeBytes { RIPEMD160.hash($0) }
        #expect(hash == (try Address(hex: expected)))
    }

    @Test func blake2bFollowsTheProposal() throws {
        // EIP-152, test vector 5: twelve rounds over "abc" as the final block.
        let state = try Hex.decode(
            "48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5"
                + "d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b")
        let message = Array("abc".utf8) + [UInt8](repeating: 0, count: 125)
        let counters: [UInt8] = [3] + [UInt8](repeating: 0, count: 15)
        let input = [0, 0, 0, 12] + state + message + counters + [1]
        let output = input.withUnsafeBytes { BLAKE2b.compress($0) }
        #expect(
            output.map { Hex.encode($0) }
                == "0xba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923")
        var wrongFlag = input
        wrongFlag[212] = 2
        #expect(wrongFlag.withUnsafeBytes { BLAKE2b.compress($0) } == nil)
        #expect(input.dropLast().withUnsafeBytes { BLAKE2b.compress($0) } == nil)
    }
}
