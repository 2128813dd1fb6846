import Cryptography
import Glibc
package import NIOCore
package import Primitives
import Synchronization

/// Data on their way to the disk. Whatever is not committed is gone when this is released.
package final class DataUpload: Sendable {
    private struct State {
        var hasher = Keccak256()
        var count: UInt64 = 0
        /// Of the store's room.
        var reserved: UInt64
        /// -1 once it is closed.
        var file: Int32
        /// Whether the file has its name, or is gone.
        var isSettled = false
    }

    private let store: DataStore
    private let path: String
    private let state: Mutex<State>

    init(_ store: DataStore, file: Int32, path: String, reserved: UInt64) {
        self.store = store
        self.path = path
        state = Mutex(State(reserved: reserved, file: file))
    }

    deinit { cancel() }

    /// Writes more.
    package func append(_ bytes: ByteBuffer) throws(DataStoreError) {
        let path = path
        try state.withLock { state throws(DataStoreError) in
            let count = state.count + UInt64(bytes.readableBytes)
            if count > state.reserved {
                try store.reserve(count - state.reserved)
                state.reserved = count
            }
            let failure = bytes.withUnsafeReadableBytes { bytes -> Int32 in
                state.hasher.update(bytes)
                var offset = 0
                while offset < bytes.count {
                    let written = write(state.file, bytes.baseAddress! + offset, bytes.count - offset)
                    if written < 0 && errno == EINTR { continue }
                    guard written >= 0 else { return errno }
                    offset += written
                }
                return 0
            }
            if failure != 0 { throw .system(failure, "write", path) }
            state.count = count
        }
    }

    /// The keccak256 of everything that was written; nothing may be written afterwards.
    package func hash() -> Hash256 {
        state.withLock { state in
            var hasher = state.hasher
            return hasher.finalize()
        }
    }

    /// Brings the data to the disk under the name of their hash. When this returns they survive a loss of power.
    package func commit(_ hash: Hash256) throws(DataStoreError) {
        let path = path
        try state.withLock { state throws(DataStoreError) in
            guard fsync(state.file) == 0 else { throw .system(errno, "bring to the disk", path) }
            let isClosed = close(state.file) == 0
            state.file = -1
            guard isClosed else { throw .system(errno, "close", path) }
            let folder = try store.adopt(path, hash, size: state.count, reserved: state.reserved)
            state.isSettled = true
            try DataStore.synchronise(folder)
        }
    }

    /// Removes what was written.
    private func cancel() {
        state.withLock { state in
            if state.file >= 0 { close(state.file) }
            state.file = -1
            guard !state.isSettled else { return }
            state.isSettled = true
            unlink(path)
            store.release(state.reserved)
        }
    }
}
