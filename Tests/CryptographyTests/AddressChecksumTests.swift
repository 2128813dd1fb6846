@testable import Cryptography
import Primitives
import Testing

/// The examples of EIP-55, and what people type.
@Suite struct AddressChecksumTests {
    @Test(arguments: [
        "0x52908400098527886E0F7030069857D2E4169EE7", "0xde709f2102306220921060314715629080e2fb77",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ])
    func readsAndWritesTheSame(_ text: String) throws {
        let address = try Address(typed: text)
        #expect(address.checksummed == text || text.dropFirst(2).allSatisfy { !$0.isUppercase })
        #expect(try Address(typed: text.lowercased()) == address)
        #expect(try Address(typed: "0x" + text.dropFirst(2).uppercased()) == address)
    }

    @Test func refusesAWrongDigitAmongBothCases() {
        let text = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
        #expect(throws: Address.TypingError.checksum) { try Address(typed: text.replacing("6053", with: "6054")) }
        #expect(throws: Address.TypingError.checksum) { try Address(typed: text.replacing("BeAed", with: "beAed")) }
        for wrong in ["", "0x", "0x12", String(text.dropLast()), text + "0", "zz" + text.dropFirst(2)] {
            #expect(throws: Address.TypingError.digits) { try Address(typed: wrong) }
        }
    }
}
