/// Whether an alt-DA server is worth asking.
struct ProviderHealth: Sendable {
    /// Since it last answered.
    private(set) var failures = 0
    /// When it is tried again.
    private(set) var retryAt: UInt64 = 0

    func isAvailable(_ now: UInt64) -> Bool { failures == 0 || now >= retryAt }

    mutating func failed(_ now: UInt64, _ settings: BatcherSettings) {
        // Requests that were on their way when it failed say nothing new.
        if failures > 0, now < retryAt { return }
        let pause = min(settings.providerPauseLimit, settings.providerPause << UInt64(min(failures, 20)))
        failures += 1
        retryAt = now &+ pause
    }

    mutating func succeeded() { failures = 0 }
}
