import Primitives
import Testing

@testable import Dashboard

struct FormatTests {
    @Test func numbersHaveSeparators() {
        #expect(
            [0, 12, 999, 1_000, 1_234_567].map { Format.number($0 as UInt64) } == [
                "0", "12", "999", "1,000", "1,234,567",
            ])
        #expect(Format.number(-1_204) == "-1,204")
    }

    @Test func figuresAreShort() {
        #expect(
            [0, 0.42, 7.346, 31.44, 240.4, 1_234_567.2].map(Format.figure) == [
                "0", "0.42", "7.35", "31.4", "240", "1,234,567",
            ])
        #expect(
            Format.figure(.nan) == "?" && Format.figure(1e300) == "over 1,000,000,000,000,000"
                && Format.figure(0.0001) == "under 0.01")
    }

    @Test func amountsAreExactToTheirPlaces() {
        #expect(Format.ether(1_500_000_000_000_000_000) == "1.5 ETH")
        #expect(Format.ether(0) == "0 ETH")
        #expect(Format.ether(1) == "1 wei")
        #expect(Format.ether(91_429_851_750) == "91.42985175 gwei")
        #expect(Format.ether(UInt256(1_234_567_000_000_000_000_000_000 as UInt128)) == "1,234,567 ETH")
        #expect(Format.gwei(1_000_250) == "0.00100025 gwei")
        #expect(Format.decimal(105, decimals: 0) == "105")
        #expect(Format.plain(.max) == "115792089237316195423570985008687907853269984665640564039457584007913129639935")
        #expect(Format.plain(1_000_000_000_000_000_000) == "1000000000000000000")
    }

    @Test func timesAreOfTheCalendar() {
        #expect(Format.timestamp(0) == "1970-01-01T00:00:00Z")
        #expect(Format.timestamp(951_782_399) == "2000-02-28T23:59:59Z")
        #expect(Format.timestamp(951_782_400) == "2000-02-29T00:00:00Z")
        #expect(Format.timestamp(1_795_000_000) == "2026-11-18T11:06:40Z")
        #expect(Format.timestamp(.max).hasPrefix("9999-12-31"))
    }

    @Test func durationsHaveTwoUnits() {
        #expect(
            [0, 45, 60, 7_260, 90_000, 86_400].map(Format.duration) == [
                "0 s", "45 s", "1 min", "2 h 1 min", "1 d 1 h", "1 d",
            ])
        #expect(
            Format.age(of: 100, at: 100) == "now" && Format.age(of: 40, at: 100) == "60 s ago"
                && Format.age(of: 700, at: 100) == "in 10 min")
    }

    @Test func pathsHoldWhateverNamesDo() {
        #expect(Links.rollup("a/../b?c#d<é>") == "/rollups/a%2F..%2Fb%3Fc%23d%3C%C3%A9%3E")
        #expect(Links.rollup("..") == "/rollups/%2E%2E")
    }

    @Test func quantitiesHaveNoLeadingZeros() {
        #expect(WalletCall.quantity(0) == "0x0")
        #expect(WalletCall.quantity(1_500_000_000_000_000_000) == "0x14d1120d7b160000")
        #expect(WalletCall.quantity(UInt256(limbs: 5, 0, 1, 0)) == "0x1" + String(repeating: "0", count: 31) + "5")
    }

    @Test func assetsAreNamedByTheirContent() throws {
        #expect(Set(Assets.all.map(\.name)).count == Assets.all.count)
        for asset in Assets.all {
            #expect(Assets.asset(named: asset.name) == asset)
            let ending = asset.name.split(separator: "-").last ?? ""
            #expect(ending.split(separator: ".")[0].count == 16)
        }
        #expect(Assets.asset(named: "../mayfly.css") == nil)
        #expect(String(decoding: Assets.transaction.bytes, as: UTF8.self).contains("from \"./\(Assets.wallet.name)\""))
    }
}
