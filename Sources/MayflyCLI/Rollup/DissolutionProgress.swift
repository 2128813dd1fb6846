import Derivation
import Foundation
import Lifecycles
import Settlement
import Synchronization

/// What a dissolution has done, printed as it comes.
final class DissolutionProgress: Sendable {
    private struct State {
        var closing: LifecycleFacts.Closing?
        var isOwn = false
        var lastBlock: String?
        var steps: [String] = []
        var lastLine = ""
        var lastTime = ContinuousClock.now
    }

    private let state = Mutex(State())
    private let bar: ProgressBar
    private let start = ContinuousClock.now

    init(isQuiet: Bool) {
        bar = ProgressBar(isQuiet: isQuiet)
        bar.show("dissolving")
    }

    /// Nothing more comes.
    func end() { bar.end() }

    func note(_ report: RollupDissolution.Report) {
        switch report {
        case .closed(let closing, let isOwn):
            state.withLock { ($0.closing, $0.isOwn) = (closing, isOwn) }
            if isOwn { step("close", "\(closing.reason.name)", closing.block) }
            say(
                "L1 block \(closing.block): \(isOwn ? "closed" : "it was closed"), as \(closing.reason.text); batches count up "
                    + "to L1 block \(closing.drainEnd)")
        case .draining(let until, let now):
            bar.show("until no batch counts any more", drained(until, now), of: drainLength(until))
            sayNow(and: "L1 is at block \(now), and has to pass block \(until)")
        case .deriving(let block):
            bar.show("deriving: block \(block)")
            sayNow(and: "waiting for the last block: block \(block) is derived")
        case .lastBlock(let block, let stateRoot):
            state.withLock {
                $0.lastBlock =
                    "{\"number\": \(block.number), \"hash\": \"\(block.hash)\", \"stateRoot\": \"\(stateRoot)\"}"
            }
            say("the last block is \(block.number) \(block.hash)")
            bar.show("proving the last block on L1")
        case .did(let action, let subject, let l1Block):
            step(action, subject, l1Block)
            say("L1 block \(l1Block): \(action) \(subject)")
        case .failed(let text): bar.warn(text)
        }
    }

    /// All of it as one JSON object.
    func json(_ facts: LifecycleFacts, milliseconds: Int) -> String {
        let state = state.withLock { $0 }
        let closing = state.closing.map {
            "\"closingBlock\": \($0.block), \"drainEnd\": \($0.drainEnd), \"reason\": \"\($0.reason.name)\", \"closedHere\": "
                + "\(state.isOwn), "
        }
        return
            "{\"state\": \"\(facts.state.name)\", \(closing ?? "")\"lastBlock\": \(state.lastBlock ?? "null"), \"steps\": ["
            + state.steps.joined(separator: ", ") + "], \"milliseconds\": \(milliseconds)}"
    }

    /// L1 blocks in which batches count, as far as this process has seen the close.
    private func drainLength(_ until: UInt64) -> Int? {
        state.withLock { $0.closing }.map { Int(clamping: until - min(until, $0.block)) }
    }

    private func drained(_ until: UInt64, _ now: UInt64) -> Int {
        state.withLock { $0.closing }.map { Int(clamping: now - min(now, $0.block)) } ?? 0
    }

    private func step(_ action: String, _ subject: String, _ l1Block: UInt64) {
        let time = Int((ContinuousClock.now - start) / .milliseconds(1))
        state.withLock {
            $0.steps.append(
                "{\"step\": \"\(action)\", \"on\": \"\(subject)\", \"l1Block\": \(l1Block), \"milliseconds\": \(time)}")
        }
    }

    private func say(_ text: String) { bar.say(text) }

    /// Says it where it is new, and not more often than every two seconds.
    private func sayNow(and text: String) {
        let isNew = state.withLock { state in
            let now = ContinuousClock.now
            guard text != state.lastLine, state.lastLine.isEmpty || now - state.lastTime >= .seconds(2) else {
                return false
            }
            (state.lastLine, state.lastTime) = (text, now)
            return true
        }
        if isNew { say(text) }
    }
}
