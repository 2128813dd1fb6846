import Foundation
import Primitives
import Testing

@testable import DevL1

/// EIP-712.
@Suite struct TypedDataTests {
    /// The example of the EIP.
    private static let mail =
        #"{"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},{"name""#
        + #":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],"Person":[{"name":"name""#
        + #","type":"string"},{"name":"wallet","type":"address"}],"Mail":[{"name":"from","type":"Person"},{"name"#
        + #"":"to","type":"Person"},{"name":"contents","type":"string"}]},"primaryType":"Mail","domain":{"name":"#
        + #""Ether Mail","version":"1","chainId":1,"verifyingContract":"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccc"#
        + #"cC"},"message":{"from":{"name":"Cow","wallet":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},"to":{"n"#
        + #"ame":"Bob","wallet":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},"contents":"Hello, Bob!"}}"#
    /// Lists, lists of lists, and what is below zero.
    private static let lists =
        #"{"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"chainId","type":"uint256"}],"Pers"#
        + #"on":[{"name":"name","type":"string"},{"name":"wallets","type":"address[]"},{"name":"age","type":"int"#
        + #"8"}],"Mail":[{"name":"from","type":"Person"},{"name":"to","type":"Person[]"},{"name":"tag","type":"b"#
        + #"ytes4"},{"name":"data","type":"bytes"},{"name":"ok","type":"bool"},{"name":"grid","type":"uint16[2]["#
        + #"]"}]},"primaryType":"Mail","domain":{"name":"Test","chainId":1337},"message":{"from":{"name":"A","wa"#
        + #"llets":["0x1111111111111111111111111111111111111111","0x2222222222222222222222222222222222222222"],""#
        + #"age":-5},"to":[{"name":"B","wallets":[],"age":127}],"tag":"0x01020304","data":"0xdeadbeef00","ok":tr"#
        + #"ue,"grid":[[1,2],[3,65535]]}}"#

    @Test func digestOfTheExample() throws {
        let digest = try TypedData(json: Array(Self.mail.utf8)).digest
        #expect("\(digest)" == "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2")
        // The domain's type follows from its members where it is not given.
        let domain = Self.mail.split(separator: "],\"Person\"", maxSplits: 1)
        let without = "{\"types\":{\"Person\"" + domain[1]
        #expect(try TypedData(json: Array(without.utf8)).digest == digest)
    }

    /// The signature is that of eth_account 0.13 with the same key.
    @Test func signsAsWalletsDo() throws {
        let node = try TestL1()
        let signature =
            "0x8475793e4877c70c09b84760c5831f6f8bfcffa97620631cab450a2c20fbdf93"
            + "204313a8e490d12637c22116fcf8b9daca7af297ca682f55c0da6dec7f53e80a1b"
        let address = DevelopmentMethodsTests.first
        #expect(node.ask("eth_signTypedData_v4", "\(address),\(Self.lists)") == "\"result\":\"\(signature)\"")
        // As a text that holds the object.
        let text = Self.lists.map { $0 == "\"" ? "\\\"" : String($0) }.joined()
        #expect(node.ask("eth_signTypedData", "\(address),\"\(text)\"") == "\"result\":\"\(signature)\"")
        let stranger = DevelopmentMethodsTests.nobody
        #expect(node.ask("eth_signTypedData_v4", "\(stranger),\(Self.lists)").contains("unknown account"))
    }

    @Test(arguments: [
        ("\"age\":-5", "\"age\":-129", "Person.age is no int8"),
        ("\"age\":127", "\"age\":128", "Person.age is no int8"),
        ("[3,65535]", "[3,65536]", "Mail.grid is no uint16"), ("[3,65535]", "[3]", "Mail.grid is no uint16[2]"),
        ("0x01020304", "0x010203", "Mail.tag is no bytes4"), ("\"ok\":true", "\"ok\":1", "Mail.ok is no bool"),
        ("\"primaryType\":\"Mail\"", "\"primaryType\":\"Post\"", "primaryType Post is not among the types"),
        ("bytes4", "bytes40", "type bytes40 of Mail.tag is unknown"),
        ("\"message\"", "\"massage\"", "message is missing"), ("\"A\"", "null", "Person.name is no string"),
        ("uint16[2][]", "uint7[2][]", "type uint7 of Mail.grid is unknown"),
    ])
    func refusesWhatIsNotOfItsType(good: String, bad: String, reason: String) throws {
        let range = try #require(Self.lists.range(of: good))
        let text = Self.lists.replacingCharacters(in: range, with: bad)
        #expect(throws: TypedDataError(reason)) { try TypedData(json: Array(text.utf8)).digest }
    }

    /// Types may hold themselves; data may not go on for ever.
    @Test func boundsDepth() throws {
        let types = #"{"types":{"A":[{"name":"a","type":"A"}]},"primaryType":"A","domain":{},"message":"#
        let deep = types + String(repeating: #"{"a":"#, count: 10_000) + "null" + String(repeating: "}", count: 10_001)
        #expect(throws: TypedDataError.self) { try TypedData(json: Array(deep.utf8)).digest }
        #expect(throws: Never.self) { try TypedData(json: Array((types + #"{"a":{"a":null}}}"#).utf8)).digest }
    }

    /// Every type refers to every other, and every element of a long list is of another type.
    @Test func boundsTheWorkOfTypes() throws {
        func text(types count: Int) -> String {
            let members = (0..<min(count, 40)).map { #"{"name":"m\#($0)","type":"T\#($0)[]"}"# }.joined(separator: ",")
            let types = (0..<count).map { #""T\#($0)":["# + ($0 < 40 ? members : "") + "]" }.joined(separator: ",")
            let empty = "{" + (0..<40).map { #""m\#($0)":[]"# }.joined(separator: ",") + "}"
            let many = repeatElement(empty, count: 1_000).joined(separator: ",")
            return #"{"types":{"# + types + #","L":[{"name":"l","type":"T0[]"}]},"primaryType":"L","domain":{},"#
                + #""message":{"l":["# + many + "]}}"
        }
        let start = ContinuousClock.now
        #expect(throws: Never.self) { try TypedData(json: Array(text(types: 40).utf8)).digest }
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(throws: TypedDataError("there are more than 256 types")) {
            try TypedData(json: Array(text(types: 300).utf8)).digest
        }
    }
}
