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

    // MARK: Keys picked for a seed

    /// Without the seed nobody can pick keys that have the same hash: what collides under one does not under others.
    @Test(arguments: 1..<50 as Range<UInt64>)
    func separatesWhatCollidesUnderAnotherSeed(number: UInt64) {
        var random = SplitMix(state: number)
        let seed = random.next()
        // Under the seed 0 one factor of the hash is zero, whatever the other limb is.
        let keys = (0..<5_000 as Range<UInt64>).map { UInt256(limbs: $0, 0xE703_7ED1_A0B4_28DB, 0, 0) }
        #expect(Set(keys.map { $0.tableHash(seed: 0) }).count == 1)
        #expect(Set(keys.map { $0.tableHash(seed: seed) }).count == 5_000)
        #expect(Set(keys.map { $0.tableHash(seed: seed) & 0xFFFF }).count > 4_500)
    }
}
