import Glibc
import Synchronization

/// Says whether the answers of a server on this machine are still what it would answer: two counts in memory that the
/// server shares with whoever keeps its answers.
///
/// The server counts a change of what its readers see once before it begins and once after it is done. So an answer that
/// was asked for and had come while both counts were alike and the same is what would be answered until the first of them
/// moves, and who looks at it sees that before anybody was told anything newer.
///
/// Beside them stands a name for what its readers see: two servers of one chain with the same name answer alike.
package final class StateVersion: @unchecked Sendable {
    /// Names the descriptor of the memory to a process that is started.
    package static let environmentName = "MAYFLY_STATE_VERSION"
    private static let byteCount = 4_096

    package let descriptor: Int32
    private let memory: UnsafeMutableRawPointer

    /// New memory, of a server that has not begun.
    ///
    /// Nil where the system gives none.
    package init?() {
        let name = "/mayfly-state-version-\(UInt64.random(in: .min ... .max))"
        let descriptor = shm_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        // Who has the descriptor has the memory; nobody finds it by its name.
        shm_unlink(name)
        guard ftruncate(descriptor, off_t(Self.byteCount)) == 0, let memory = Self.map(descriptor) else {
            close(descriptor)
            return nil
        }
        (self.descriptor, self.memory) = (descriptor, memory)
    }

    /// The memory that another process has made, which this one's server counts in; nil where the descriptor is no such.
    package init?(serving descriptor: Int32) {
        var status = stat()
        guard descriptor > 2, fstat(descriptor, &status) == 0, Int(status.st_size) == Self.byteCount,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0, let memory = Self.map(descriptor)
        else { return nil }
        (self.descriptor, self.memory) = (descriptor, memory)
    }

    /// What the environment of this process names, once.
    package static func fromEnvironment() -> StateVersion? {
        guard let text = getenv(environmentName), let descriptor = Int32(String(cString: text)) else { return nil }
        unsetenv(environmentName)
        return StateVersion(serving: descriptor)
    }

    deinit {
        munmap(memory, Self.byteCount)
        close(descriptor)
    }

    private static func map(_ descriptor: Int32) -> UnsafeMutableRawPointer? {
        let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        return memory == MAP_FAILED ? nil : memory
    }

    /// How many have begun, how many have ended, and the name.
    private var counts: UnsafeMutablePointer<Atomic<UInt64>> { memory.assumingMemoryBound(to: Atomic<UInt64>.self) }

    /// A change begins: nothing of it can be seen yet.
    package func begin() { counts[0].wrappingAdd(1, ordering: .sequentiallyConsistent) }

    /// All of a change can be seen.
    ///
    /// - Parameter standing: names what readers see now.
    package func end(at standing: UInt64) {
        counts[2].store(standing, ordering: .sequentiallyConsistent)
        counts[1].wrappingAdd(1, ordering: .sequentiallyConsistent)
    }

    /// The number of changes; nil while one is under way, and before the server has begun.
    @inline(__always)
    package var stable: UInt64? {
        // The order matters: what has ended by the first look and is all that had begun by the second one.
        let ended = counts[1].load(ordering: .sequentiallyConsistent)
        let begun = counts[0].load(ordering: .sequentiallyConsistent)
        return begun == ended && begun > 0 ? begun : nil
    }

    /// The same, and the name of what readers see.
    package var standing: (version: UInt64, name: UInt64)? {
        let ended = counts[1].load(ordering: .sequentiallyConsistent)
        let name = counts[2].load(ordering: .sequentiallyConsistent)
        let begun = counts[0].load(ordering: .sequentiallyConsistent)
        return begun == ended && begun > 0 ? (begun, name) : nil
    }
}
