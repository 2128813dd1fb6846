import Foundation
import Synchronization

/// What runs now, for the message of a trap or a hang.
enum Watch {
    private static let seed = Atomic<UInt64>(0)
    private static let fuzzer = Atomic<Int>(0)

    /// Prints the names of signals that end the process, with what ran. `names` are those of the fuzzers.
    static func start(_ names: [String]) {
        Self.names = names.map { Array("\n\($0): seed ".utf8) }
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM] {
            signal(number) { Watch.report($0) }
        }
    }

    /// Notes the round that begins.
    static func round(_ seed: UInt64) { Self.seed.store(seed, ordering: .relaxed) }

    /// Notes the fuzzer that runs and gives it half a minute until it is called again.
    static func batch(_ index: Int) {
        fuzzer.store(index, ordering: .relaxed)
        alarm(30)
    }

    /// Ends the alarm.
    static func stop() { alarm(0) }

    // Written once, before any handler can run.
    nonisolated(unsafe) private static var names: [[UInt8]] = []

    /// Only writes, for little else may be done in a handler.
    private static func report(_ number: Int32) {
        var digits: [UInt8] = number == SIGALRM ? Array(" hangs\n".utf8) : Array(" traps\n".utf8)
        var rest = seed.load(ordering: .relaxed)
        repeat {
            digits.insert(UInt8(0x30 + rest % 10), at: 0)
            rest /= 10
        } while rest > 0
        let text = names[fuzzer.load(ordering: .relaxed)] + digits
        _ = text.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
        _exit(3)
    }
}

/// Prints a line at once, so that it is there before a trap.
func report(_ line: String) {
    print(line)
    fflush(nil)
}

/// Ends the process with a status.
func exitProcess(_ status: Int32) -> Never { exit(status) }
