import Foundation
import Settlement

/// This program, run once more.
enum OwnProgram {
    /// Where it is. To be asked at the start: later its file may have been replaced.
    static func path() throws -> String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        guard count > 0 else { throw CommandFailure("cannot find out which program this is: /proc is needed") }
        return String(decoding: path[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Runs it to its end.
    ///
    /// - Parameter path: where it was at the start.
    /// - Returns: what it printed.
    /// - Throws: `rule` with its last words where it failed; it is ended where the task is cancelled.
    static func run(_ path: String, _ arguments: [String], in directory: String) async throws(SettlementError) -> String
    {
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        do {
            process.executableURL = URL(fileURLWithPath: path)
            process.arguments = arguments
            process.currentDirectoryURL = URL(fileURLWithPath: directory)
            (process.standardInput, process.standardOutput) = (FileHandle.nullDevice, output)
            process.standardError = errors
            try process.run()
        } catch { throw .rule("cannot start \(arguments[0]): \(error)") }
        let (words, complaint) = await withTaskCancellationHandler {
            async let words = read(output)
            async let complaint = read(errors)
            return await (words, complaint)
        } onCancel: {
            process.terminate()
        }
        // Both ends are closed: it is gone, or about to be.
        process.waitUntilExit()
        let status = process.terminationStatus
        guard status == 0 else {
            let lines = String(decoding: complaint, as: UTF8.self).split(separator: "\n").suffix(4)
            throw .early("\(arguments[0]) ended with \(status): \(lines.joined(separator: "; "))")
        }
        return String(decoding: words, as: UTF8.self)
    }

    /// All that comes out of a pipe, read by a thread of its own: it may take long.
    private static func read(_ pipe: Pipe) async -> Data {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: pipe.fileHandleForReading.readDataToEndOfFile()) }
        }
    }
}
