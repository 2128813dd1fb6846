/// One operation to time. `makeBody` prepares the inputs once and returns what is timed.
struct Benchmark: Sendable {
    let name: String
    /// The gas that the operation costs, where gas per second is of interest.
    let gas: UInt64?
    let makeBody: @Sendable () -> () -> Void

    init(_ name: String, gas: UInt64? = nil, _ makeBody: @escaping @Sendable () -> () -> Void) {
        self.name = name
        self.gas = gas
        self.makeBody = makeBody
    }

    /// Times batches of about `batch` for about `total`, and gives the median nanoseconds of one operation.
    func medianNanoseconds(total: Duration = .milliseconds(600), batch: Duration = .milliseconds(5)) -> Double {
        let body = makeBody()
        let clock = ContinuousClock()
        body()
        var count = 1
        while clock.measure({ for _ in 0..<count { body() } }) < batch, count < 1 << 24 { count *= 2 }
        var samples: [Double] = []
        let end = clock.now + total
        repeat {
            let time = clock.measure { for _ in 0..<count { body() } }
            samples.append(nanoseconds(time) / Double(count))
        } while clock.now < end || samples.count < 3
        return samples.sorted()[samples.count / 2]
    }
}

private func nanoseconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return Double(seconds) * 1e9 + Double(attoseconds) / 1e9
}

/// Keeps the optimiser from dropping a result.
@inline(never)
func consume<Value>(_ value: Value) { withExtendedLifetime(value) {} }
