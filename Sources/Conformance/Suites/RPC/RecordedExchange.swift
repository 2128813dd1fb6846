/// An `.io` file: comments, requests (`>>`) and the answers that were recorded to them (`<<`).
struct RecordedExchange {
    private var turns: [(request: [UInt8], answer: [UInt8])] = []
    /// Whether answers need to have the same shape only.
    private var isAboutShape = false

    init(_ file: FixtureFile) throws {
        var request: [UInt8]?
        for line in file.bytes.split(separator: UInt8(ascii: "\n")) {
            if line.starts(with: "//".utf8) {
                let comment = String(decoding: line.dropFirst(2), as: UTF8.self)
                if comment.drop(while: { $0 == " " }).hasPrefix("speconly:") { isAboutShape = true }
            } else if line.starts(with: ">>".utf8) {
                request = Array(line.dropFirst(2))
            } else if line.starts(with: "<<".utf8), let question = request {
                turns.append((question, Array(line.dropFirst(2))))
                request = nil
            } else {
                throw FixtureError(place: "", problem: "a line that is no comment, request or answer")
            }
        }
        guard !turns.isEmpty, request == nil else {
            throw FixtureError(place: "", problem: "a request without an answer, or no request at all")
        }
    }

    /// Asks a node, and throws what differs from the recorded answers.
    func play(on node: RPCNode) throws {
        for (index, turn) in turns.enumerated() {
            let expected = try JSONDocument(turn.answer).root
            let got = try JSONDocument(try node.answer(to: turn.request)).root
            let place = turns.count == 1 ? "" : "answer \(index)"
            let difference =
                isAboutShape ? AnswerShape.difference(expected, got) : AnswerComparison.difference(expected, got)
            if let difference {
                throw Mismatch(place + difference.path, expected: difference.expected, got: difference.got)
            }
        }
    }
}
