import Foundation
import Keystores

/// The terminal that the command was started at, whatever its standard streams are.
final class Terminal {
    private let descriptor: Int32

    /// - Returns: nil where there is none.
    init?() {
        descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// Asks for a line that is not shown.
    ///
    /// Signals of the keyboard are off meanwhile, so that the terminal is left as it was: Ctrl-C is read as a key.
    func secret(_ question: String) throws -> SecretBytes {
        var before = termios()
        guard tcgetattr(descriptor, &before) == 0 else { throw Self.failure() }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        guard tcsetattr(descriptor, TCSAFLUSH, &silent) == 0 else { throw Self.failure() }
        defer {
            tcsetattr(descriptor, TCSAFLUSH, &before)
            say("\n")
        }
        say(question)
        return try line()
    }

    private func line() throws -> SecretBytes {
        var line = SecretBytes(copying: [])
        while true {
            var key: UInt8 = 0
            let count = read(descriptor, &key, 1)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.failure() }
            switch key {
            case _ where count == 0: return line
            // Enter, or Ctrl-D.
            case 0x0A, 0x0D, 0x04: return line
            // Ctrl-C, Ctrl-\.
            case 0x03, 0x1C: throw CommandFailure("stopped")
            // Ctrl-U.
            case 0x15: line = SecretBytes(copying: [])
            // A character may be several bytes, of which the later ones begin with 10.
            case 0x08, 0x7F:
                while line.count > 1, line[line.count - 1] & 0xC0 == 0x80 { line = line.droppingLast() }
                line = line.droppingLast()
            default: line = line.appending(key)
            }
        }
    }

    private func say(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(descriptor, bytes, bytes.count)
    }

    private static func failure() -> CommandFailure {
        CommandFailure("cannot ask at the terminal: \(String(cString: strerror(errno)))")
    }
}
