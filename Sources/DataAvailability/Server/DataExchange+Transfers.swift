import Derivation
import NIOCore
import NIOHTTP1
import NIOPosix
import Primitives
import Synchronization

extension DataExchange {
    /// Bytes of a body that are gathered before they are written to the disk.
    private static let pieceBytes = 256 << 10

    // MARK: Put

    /// Takes data in and keeps them.
    ///
    /// - Parameter text: the commitment that they are put under; empty for the store's own.
    mutating func receive(_ head: HTTPRequestHead, _ text: Substring) async throws -> AltDACommitment {
        var expected: AltDACommitment?
        if !text.isEmpty {
            expected = AltDACommitment(hexadecimal: text)
            guard expected?.contentHash != nil else {
                throw Refusal(
                    .badRequest,
                    "this server keeps data under keccak256 commitments (0x00 and the hash) and its own (0x016d and the hash)"
                )
            }
        }
        var limit = state.settings.dataLimit
        if case .keccak256 = expected { limit = min(limit, AltDACommitment.largestKeccakInput) }
        let announced = try announcedLength(head, limit: limit)
        let state = state
        guard state.begin(\.uploads, limit: state.settings.uploads) else {
            throw Refusal(
                .serviceUnavailable, "\(state.settings.uploads) puts are under way; try again later",
                headers: [("Retry-After", "1")])
        }
        defer { state.counters.withLock { $0.uploads -= 1 } }
        do {
            let (commitment, count) = try await keep(head, announced: announced, limit: limit, expected)
            state.counters.withLock { counters in
                counters.puts += 1
                counters.bytesPut += count
            }
            return commitment
        } catch {
            state.counters.withLock { $0.failedPuts += 1 }
            guard let error = error as? DataStoreError else { throw error }
            throw Refusal(Self.status(of: error), error.message)
        }
    }

    /// The length of the body that the head says; 0 where it says none.
    private func announcedLength(_ head: HTTPRequestHead, limit: Int) throws -> Int {
        if let coding = head.headers.first(name: "Content-Encoding"), coding.lowercased() != "identity" {
            throw Refusal(.unsupportedMediaType, "data are put as they are, without a content encoding")
        }
        guard let text = head.headers.first(name: "Content-Length") else { return 0 }
        // One that is too long for a number is too long for everything.
        guard let length = Int(text), length <= limit else { throw Self.tooLarge(limit) }
        return max(0, length)
    }

    private static func tooLarge(_ limit: Int) -> Refusal {
        Refusal(.payloadTooLarge, "at most \(limit) bytes are taken at once")
    }

    private mutating func keep(
        _ head: HTTPRequestHead, announced: Int, limit: Int, _ expected: AltDACommitment?
    ) async throws -> (AltDACommitment, Int) {
        let (store, disk) = (state.store, state.disk)
        let upload = try await disk.runIfActive { try store.beginUpload(announced: announced) }
        clock.allow(state.settings.timeout(of: announced > 0 ? announced : limit))
        if head.headers.first(name: "Expect")?.lowercased() == "100-continue" {
            try await writer.write(.head(HTTPResponseHead(version: .http1_1, status: .continue)))
        }
        var count = 0
        var gathered = ByteBuffer()
        body: while true {
            switch try await parts.next() {
            case .body(var bytes):
                count += bytes.readableBytes
                guard count <= limit else { throw Self.tooLarge(limit) }
                gathered.writeBuffer(&bytes)
                guard gathered.readableBytes >= Self.pieceBytes else { continue }
                let piece = gathered
                gathered = ByteBuffer()
                try await disk.runIfActive { try upload.append(piece) }
            case .end:
                isRequestRead = true
                break body
            case .head, nil: throw Gone()
            }
        }
        guard count > 0 else { throw Refusal(.badRequest, "there are no data in the body") }
        clock.suspend()
        let rest = gathered
        let commitment = try await disk.runIfActive {
            try upload.append(rest)
            let hash = upload.hash()
            if let expected, expected.contentHash != hash {
                throw Refusal(.badRequest, "the data are others than those of the commitment")
            }
            try upload.commit(hash)
            return expected ?? AltDACommitment(content: hash)
        }
        return (commitment, count)
    }

    private static func status(of error: DataStoreError) -> HTTPResponseStatus {
        if case .full = error { .insufficientStorage } else { .internalServerError }
    }

    // MARK: Get

    /// Gives the data of a commitment.
    func send(_ head: HTTPRequestHead, _ text: Substring) async throws {
        guard let commitment = AltDACommitment(hexadecimal: text) else {
            throw Refusal(.badRequest, "a commitment is 0x, its type byte and what that type says, in hexadecimal")
        }
        let state = state
        guard let hash = commitment.contentHash else {
            state.counters.withLock { $0.absentGets += 1 }
            throw Refusal(.notFound, "the commitment is not one of this server")
        }
        guard state.begin(\.downloads, limit: state.settings.downloads) else {
            throw Refusal(
                .serviceUnavailable, "\(state.settings.downloads) gets are under way; try again later",
                headers: [("Retry-After", "1")])
        }
        defer { state.counters.withLock { $0.downloads -= 1 } }
        clock.suspend()
        let found: StoredData?
        do {
            found = try await state.disk.runIfActive { try state.store.find(hash) }
        } catch let error as DataStoreError {
            state.counters.withLock { $0.failedGets += 1 }
            throw Refusal(Self.status(of: error), error.message)
        }
        guard let data = found else {
            state.counters.withLock { $0.absentGets += 1 }
            throw Refusal(.notFound, "there are no data of that commitment")
        }
        clock.allow(state.settings.timeout(of: data.count))
        try await writer.write(.head(answerHead(head, .ok, "application/octet-stream", data.count)))
        if head.method != .HEAD {
            var offset = 0
            while offset < data.count {
                let position = offset
                let piece = try await state.disk.runIfActive { try data.piece(at: position) }
                try await writer.write(.body(.byteBuffer(piece)))
                offset += piece.readableBytes
            }
        }
        try await writer.write(.end(nil))
        state.counters.withLock { counters in
            counters.gets += 1
            counters.bytesGot += head.method == .HEAD ? 0 : data.count
        }
    }
}
