import Derivation
import Foundation
import Primitives
import Testing

/// Runs Python with a script and bytes on its input; nil where there is no Python or the script fails.
private func python(_ script: String, _ input: [UInt8]) -> [UInt8]? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let interpreter = ProcessInfo.processInfo.environment["MAYFLY_PYTHON"] ?? "python3"
    process.arguments = [interpreter, "-c", script]
    let (inPipe, outPipe) = (Pipe(), Pipe())
    process.standardInput = inPipe
    process.standardOutput = outPipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let writer = Thread {
        try? inPipe.fileHandleForWriting.write(contentsOf: Data(input))
        try? inPipe.fileHandleForWriting.close()
    }
    writer.start()
    let output = outPipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? [UInt8](output) : nil
}

private func compressedByZlib(_ data: [UInt8], level: Int, strategy: Int) -> [UInt8]? {
    python(
        """
        import sys, zlib
        c = zlib.compressobj(\(level), zlib.DEFLATED, 15, 9, \(strategy))
        sys.stdout.buffer.write(c.compress(sys.stdin.buffer.read()) + c.flush())
        """, data)
}

private func compressedByBrotli(_ data: [UInt8], quality: Int, window: Int) -> [UInt8]? {
    python(
        """
        import sys, brotli
        sys.stdout.buffer.write(brotli.compress(sys.stdin.buffer.read(), quality=\(quality), lgwin=\(window)))
        """, data)
}

private let hasPython = python("import zlib", []) != nil
private let hasBrotli = python("import brotli", []) != nil

/// Data of several kinds: noise, runs, text with the dictionary's words, and numbers with structure.
private func sample(_ kind: Int, _ count: Int) -> [UInt8] {
    var dice = Dice(UInt64(kind * 1_000_003 + count))
    switch kind {
    case 0: return dice.bytes(count)
    case 1: return (0..<count).map { UInt8(truncatingIfNeeded: $0 / 100) }
    case 2:
        let words = [
            "the ", "government ", "Information", " of the world", "http://", "\n", "département ", "русский ", "時間",
            "<div class=\"", "0x", "transaction", "THE PEOPLE ", ". The ",
        ].map { Array($0.utf8) }
        var bytes: [UInt8] = []
        while bytes.count < count { bytes += words[dice.number(below: words.count)] }
        return Array(bytes[..<count])
    default:
        return (0..<count).map { $0 % 32 < 12 ? 0 : UInt8(truncatingIfNeeded: dice.next() & 0x1F) }
    }
}

@Suite struct InflateTests {
    @Test(.enabled(if: hasPython, "no Python"), arguments: 0..<4, [0, 1, 100, 60_000])
    func whatZlibCompressesComesBack(kind: Int, count: Int) throws {
        let data = sample(kind, count)
        for (level, strategy) in [(0, 0), (1, 0), (9, 0), (6, 2), (6, 4)] {
            let compressed = try #require(compressedByZlib(data, level: level, strategy: strategy))
            let decompressed = Inflate.decompress(zlib: compressed[...], limit: 1_000_000)
            #expect(decompressed == Decompressed(bytes: data, error: nil), "level \(level), strategy \(strategy)")
            let limited = Inflate.decompress(zlib: compressed[...], limit: count / 2)
            #expect(limited.bytes == Array(data[..<(count / 2)]))
            #expect(limited.error == (count == 0 ? nil : .limit))
        }
    }

    @Test func storedBlocksAndBrokenStreams() {
        let stored: [UInt8] = [0x78, 0x01, 1, 3, 0, 0xFC, 0xFF, 1, 2, 3, 0, 0x0D, 0, 7]
        #expect(Inflate.decompress(zlib: stored[...], limit: 9) == Decompressed(bytes: [1, 2, 3], error: nil))
        for count in 0..<stored.count {
            let result = Inflate.decompress(zlib: stored[..<count], limit: 9)
            #expect(
                result == Decompressed(bytes: count <= 7 ? [] : Array(stored[7..<min(10, count)]), error: .truncated))
        }
        func changed(_ index: Int, _ value: UInt8) -> Decompressed {
            var copy = stored
            copy[index] = value
            return Inflate.decompress(zlib: copy[...], limit: 9)
        }
        #expect(changed(0, 0x77).error == .malformed)
        #expect(changed(0, 0x88).error == .malformed)
        #expect(changed(1, 0x02).error == .malformed)
        #expect(changed(1, 0x20).error == .malformed)
        #expect(changed(2, 7).error == .malformed)
        #expect(changed(5, 0).error == .malformed)
        #expect(changed(13, 8) == Decompressed(bytes: [1, 2, 3], error: .malformed))
        // A fixed block that copies from before the beginning.
        #expect(Inflate.decompress(zlib: [0x78, 0x9C, 0x03, 0x02, 0, 0, 0], limit: 9).error == .malformed)
    }

    @Test(.enabled(if: hasPython, "no Python")) func changedStreamsNeverTrap() throws {
        var dice = Dice(4)
        let compressed = try #require(compressedByZlib(sample(2, 3_000), level: 9, strategy: 0))
        for _ in 0..<3_000 {
            var copy = compressed
            for _ in 0...dice.number(below: 3) {
                copy[2 + dice.number(below: copy.count - 2)] = UInt8(dice.number(below: 256))
            }
            #expect(Inflate.decompress(zlib: copy[...], limit: 50_000).bytes.count <= 50_000)
        }
    }
}

@Suite struct BrotliTests {
    @Test(.enabled(if: OPStackVectors.isThere, "MAYFLY_VECTORS names no folder"))
    func recordedStreamsAreDecoded() throws {
        for pair in try OPStackVectors.constants().objects("brotli") {
            let result = Brotli.decompress(try pair.bytes("compressed")[...], limit: 1_000_000)
            #expect(result == Decompressed(bytes: try pair.bytes("decompressed"), error: nil))
        }
    }

    @Test(.enabled(if: hasBrotli, "no Python with brotli"), arguments: 0..<4, [0, 1, 100, 60_000])
    func whatBrotliCompressesComesBack(kind: Int, count: Int) throws {
        let data = sample(kind, count)
        for (quality, window) in [(1, 22), (4, 16), (5, 10), (9, 24), (11, 22)] {
            let compressed = try #require(compressedByBrotli(data, quality: quality, window: window))
            let decompressed = Brotli.decompress(compressed[...], limit: 1_000_000)
            #expect(decompressed == Decompressed(bytes: data, error: nil), "quality \(quality), window \(window)")
            let limited = Brotli.decompress(compressed[...], limit: count / 2)
            #expect(limited.bytes == Array(data[..<(count / 2)]))
            #expect(limited.error == (count == 0 ? nil : .limit))
        }
    }

    @Test func emptyMetadataAndBrokenStreams() {
        #expect(Brotli.decompress([0x06], limit: 9) == Decompressed(bytes: [], error: nil))
        #expect(Brotli.decompress([0x3B], limit: 9) == Decompressed(bytes: [], error: nil))
        #expect(Brotli.decompress([], limit: 9).error == .truncated)
        // A window of the form for large ones.
        #expect(Brotli.decompress([0x11, 0x03], limit: 9).error == .malformed)
        // Metadata of three bytes, then the end.
        #expect(Brotli.decompress([0x2C, 0x01, 9, 9, 9, 0x03], limit: 9) == Decompressed(bytes: [], error: nil))
        // From RFC 7932's form: ten bytes as they are.
        let plain: [UInt8] = [0x8B, 0x04, 0x80, 0x75, 0xED, 0x18, 0x42, 0x49, 0xE9, 0xBC, 0x19, 0x67, 0x5E, 0x03]
        #expect(Brotli.decompress(plain[...], limit: 99) == Decompressed(bytes: Array(plain[3..<13]), error: nil))
        for count in 1..<plain.count {
            #expect(Brotli.decompress(plain[..<count], limit: 99).error == .truncated)
        }
    }

    @Test(.enabled(if: hasBrotli, "no Python with brotli"), arguments: [5, 11])
    func changedStreamsNeverTrap(quality: Int) throws {
        var dice = Dice(9)
        let compressed = try #require(compressedByBrotli(sample(2, 5_000), quality: quality, window: 22))
        for _ in 0..<3_000 {
            var copy = compressed
            for _ in 0...dice.number(below: 3) { copy[dice.number(below: copy.count)] = UInt8(dice.number(below: 256)) }
            #expect(Brotli.decompress(copy[...], limit: 50_000).bytes.count <= 50_000)
        }
    }
}

@Suite struct ChannelReaderTests {
    @Test func unknownCompressionsAreRefused() {
        #expect(ChannelReader(compressed: [], chainID: 1) == nil)
        #expect(ChannelReader(compressed: [0x02, 1], chainID: 1) == nil)
        #expect(ChannelCompression(firstByte: 1) == .brotli)
        #expect(ChannelCompression(firstByte: 0x78) == .zlib)
        #expect(ChannelCompression(firstByte: 0x0F) == .zlib)
        #expect(ChannelCompression(firstByte: 0) == nil)
    }
}
