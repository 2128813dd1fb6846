import Foundation

/// Lines to standard error.
enum StandardStreams {
    /// What was printed before comes first, also where both streams go to one file.
    static func writeError(_ line: String) {
        fflush(nil)
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
