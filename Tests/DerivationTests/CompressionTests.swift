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

/// What the usual decoders make of streams: whether each ends well, and the CRC-32 of its output.
private func judged(_ streams: [[UInt8]], asZlib: Bool) -> [(isWhole: Bool, checksum: UInt32)]? {
    var input: [UInt8] = []
    for stream in streams {
        input += withUnsafeBytes(of: UInt32(stream.count).bigEndian) { Array($0) } + stream
    }
    let open = asZlib ? "zlib.decompressobj()" : "brotli.Decompressor()"
    let run = asZlib ? "d.decompress" : "d.process"
    let end = asZlib ? "d.eof" : "d.is_finished()"
    // A byte at a time, so that what follows a stream is not held against it.
    let answer = python(
        """
        import sys, struct, zlib
        if \(asZlib ? 0 : 1): import brotli
        data, at = sys.stdin.buffer.read(), 0
        while at < len(data):
            n = struct.unpack_from(">I", data, at)[0]
            s, at, d, out, whole = data[at + 4:at + 4 + n], at + 4 + n, \(open), b"", False
            try:
                for byte in s:
                    out += \(run)(bytes([byte]))
                    whole = \(end)
                    if whole: break
            except Exception: pass
            sys.stdout.buffer.write(struct.pack(">BI", whole, zlib.crc32(out)))
        """, input)
    guard let answer, answer.count == 5 * streams.count else { return nil }
    return streams.indices.map { index in
        let entry = answer[5 * index..<5 * index + 5]
        return (entry.first == 1, entry.dropFirst().reduce(0) { $0 << 8 | UInt32($1) })
    }
}

private func checksum(_ bytes: [UInt8]) -> UInt32 {
    var value = UInt32.max
    for byte in bytes {
        value ^= UInt32(byte)
        for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return ~value
}

/// Copies of a stream with a few bytes changed, and some cut short.
private func changedStreams(_ stream: [UInt8], count: Int, seed: UInt64) -> [[UInt8]] {
    var dice = Dice(seed)
    return (0..<count).map { _ in
        var copy = stream
        for _ in 0...dice.number(below: 3) {
            let place = dice.number(below: dice.next() % 2 == 0 ? min(60, copy.count) : copy.count)
            copy[place] =
                dice.next() % 2 == 0 ? UInt8(dice.number(below: 256)) : copy[place] ^ 1 << UInt8(dice.number(below: 8))
        }
        return dice.next() % 8 == 0 ? Array(copy[..<dice.number(below: copy.count)]) : copy
    }
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

    @Test(.enabled(if: hasPython, "no Python"), arguments: 0..<4, [0, 2, 4])
    func changedStreamsFareAsWithZlib(kind: Int, strategy: Int) throws {
        let compressed = try #require(compressedByZlib(sample(kind, 800), level: 9, strategy: strategy))
        let streams = changedStreams(compressed, count: 1_000, seed: UInt64(kind))
        let verdicts = try #require(judged(streams, asZlib: true))
        for (stream, verdict) in zip(streams, verdicts) {
            let result = Inflate.decompress(zlib: stream[...], limit: 10_000_000)
            #expect((result.error == nil) == verdict.isWhole, "\(Hex.encode(stream))")
            if verdict.isWhole { #expect(checksum(result.bytes) == verdict.checksum) }
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

    @Test(.enabled(if: hasBrotli, "no Python with brotli"), arguments: 0..<4, [3, 5, 11])
    func changedStreamsFareAsWithBrotli(kind: Int, quality: Int) throws {
        let compressed = try #require(compressedByBrotli(sample(kind, 800), quality: quality, window: 18))
        let streams = changedStreams(compressed, count: 1_000, seed: UInt64(kind))
        let verdicts = try #require(judged(streams, asZlib: false))
        for (stream, verdict) in zip(streams, verdicts) {
            let result = Brotli.decompress(stream[...], limit: 100_000_000)
            #expect((result.error == nil) == verdict.isWhole, "\(Hex.encode(stream))")
            if verdict.isWhole { #expect(checksum(result.bytes) == verdict.checksum) }
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
