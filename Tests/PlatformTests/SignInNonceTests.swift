import Testing

@testable import Platform

@Test func aNonceSaysUntilWhenItIsGoodAndNobodyElseMakesOne() {
    let nonces = SignInNonce(secret: "a")
    let nonce = nonces.make(until: 1_700_000_000_123)
    #expect(nonces.expiry(of: nonce) == 1_700_000_000_123)
    #expect(nonce != nonces.make(until: 1_700_000_000_123))
    // EIP-4361: letters and digits, eight at least.
    #expect(nonce.utf8.count >= 8 && nonce.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
    #expect(SignInNonce(secret: "b").expiry(of: nonce) == nil)
    for index in nonce.indices {
        var changed = nonce
        changed.replaceSubrange(index...index, with: nonce[index] == "0" ? "1" : "0")
        #expect(nonces.expiry(of: changed) == nil)
    }
    for text in ["", "0", nonce + "0", String(nonce.dropLast()), String(repeating: "é", count: nonce.count)] {
        #expect(nonces.expiry(of: text) == nil)
    }
}
