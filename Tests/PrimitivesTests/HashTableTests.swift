import Primitives
import Testing

struct HashTableTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func agreesWithADictionary(seed: UInt64) {
        var random = SplitMix(state: seed)
        var table = HashTable<UInt64, UInt64>()
        var model: [UInt64: UInt64] = [:]
        var order: [UInt64] = []
        for _ in 0..<2_000 {
            let (key, value) = (random.next() % 500, random.next())
            switch random.next() % 64 {
            case 0:
                table.removeAll()
                model = [:]
                order = []
            case 1..<20: #expect(table[key] == model[key])
            default:
                table.set(key, value)
                if model.updateValue(value, forKey: key) == nil { order.append(key) }
            }
        }
        #expect(table.entries.map(\.key) == order)
        #expect(table.entries.allSatisfy { model[$0.key] == $0.value })
    }

    // MARK: Keys picked to lie one behind the other

    private func seconds(_ keys: [UInt256], missing: [UInt256]) -> Double {
        var least = Double.infinity
        for _ in 0..<3 {
            let time = ContinuousClock().measure {
                var table = HashTable<UInt256, Int>()
                for (index, key) in keys.enumerated() { table.set(key, index) }
                for (index, key) in keys.enumerated() { #expect(table[key] == index) }
                for key in missing { #expect(table[key] == nil) }
            }
            least = min(least, Double(time.components.attoseconds) * 1e-18 + Double(time.components.seconds))
        }
        return least
    }

    private func honest(_ count: Int) -> Double {
        var random = SplitMix(state: 99)
        let keys = (0..<2 * count).map { _ in
            UInt256(limbs: random.next(), random.next(), random.next(), random.next())
        }
        return seconds(Array(keys[..<count]), missing: Array(keys[count...]))
    }

    /// Under the first seed a factor of these keys' hash is zero, which hides the other.
    @Test func hiddenFactor() {
        let keys = (0..<30_000 as Range<UInt64>).map { UInt256(limbs: $0, 0xE703_7ED1_A0B4_28DB, 0, 0) }
        #expect(Set(keys.prefix(100).map { $0.tableHash(seed: 0) }).count == 1)
        #expect(seconds(keys, missing: keys.map { $0 &+ UInt256(1 << 40) }) < 30 * honest(30_000))
    }

    /// Every key has a place in the same half of the table, and so there is no free one in it.
    @Test func oneHalf() {
        var chosen: [UInt256] = []
        var number: UInt64 = 0
        while chosen.count < 60_000 {
            let key = UInt256(number)
            if key.tableHash(seed: 0) & 0xFFFF < 0x8000 { chosen.append(key) }
            number += 1
        }
        #expect(seconds(Array(chosen[..<30_000]), missing: Array(chosen[30_000...])) < 30 * honest(30_000))
    }
}
