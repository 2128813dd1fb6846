import Foundation

/// Lines to standard error.
enum StandardStreams {
    static func writeError(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
