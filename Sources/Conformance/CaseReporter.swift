/// What a case came to.
public enum CaseOutcome: Equatable, Sendable {
    case passed
    case failed(Mismatch)
    case skipped(reason: String)
}

/// What differed from the fixture. Thrown out of a case, it makes the case fail.
public struct Mismatch: Error, Equatable, Sendable {
    /// What was compared: "state root", "output".
    public let subject: String
    public let expected: String
    public let got: String

    public init(_ subject: String, expected: String, got: String) {
        self.subject = subject
        self.expected = expected
        self.got = got
    }

    /// Throws unless the two are equal.
    public static func check<Value: Equatable & CustomStringConvertible>(
        _ subject: @autoclosure () -> String, expected: Value, got: Value
    ) throws(Mismatch) {
        if expected != got { throw Mismatch(subject(), expected: expected.description, got: got.description) }
    }
}

/// Which cases of the files to run.
public struct CaseSelection: Sendable {
    /// The fork whose cases to run, as the fixtures call it; nil for all.
    public var fork: String?
    /// A regular expression that the name of a case must contain a match of; nil for all.
    public var pattern: String?

    public init(fork: String? = nil, pattern: String? = nil) {
        self.fork = fork
        self.pattern = pattern
    }
}

/// A part of the cases of one file, where several threads share it: every so many cases one.
struct CaseShare {
    let index: Int
    let count: Int

    var isFirst: Bool { index == 0 }

    func takes(case number: Int) -> Bool { number % count == index }
}

/// Collects what became of the cases of one file, running only those selected.
public final class CaseReporter {
    /// A case with its name: `path::test/fork/index`.
    public struct Named: Equatable, Sendable {
        public let name: String
        public let outcome: CaseOutcome
    }

    public private(set) var passedCount = 0
    /// The cases that did not pass.
    public private(set) var others: [Named] = []
    /// Cases seen, selected or not.
    public private(set) var seenCount = 0

    private let path: String
    private let kind: ConformanceKind
    private let selector: CaseSelector
    private let share: CaseShare

    init(path: String, kind: ConformanceKind, selector: CaseSelector, share: CaseShare) {
        self.path = path
        self.kind = kind
        self.selector = selector
        self.share = share
    }

    /// Runs one case unless the selection or the list of skipped cases leaves it out.
    ///
    /// A `Mismatch` or `FixtureError` thrown by `body` makes the case fail.
    public func run(_ test: String, fork: String? = nil, index: String? = nil, _ body: () throws -> Void) {
        seenCount += 1
        guard share.takes(case: seenCount) else { return }
        if let fork, !selector.takes(fork: fork) { return }
        var name = path + "::" + test
        if let fork { name += "/" + fork }
        if let index { name += "/" + index }
        guard selector.takes(name: name) else { return }
        if let reason = SkippedCases.reason(kind: kind, name: name) {
            others.append(Named(name: name, outcome: .skipped(reason: reason)))
            return
        }
        do {
            try body()
            passedCount += 1
        } catch let mismatch as Mismatch {
            others.append(Named(name: name, outcome: .failed(mismatch)))
        } catch {
            let mismatch = Mismatch("fixture", expected: "a readable \(kind.rawValue) test", got: "\(error)")
            others.append(Named(name: name, outcome: .failed(mismatch)))
        }
    }

    /// Records that the file as a whole cannot be read.
    public func failFile(_ error: FixtureError) {
        seenCount += 1
        guard share.isFirst, selector.takes(name: path) else { return }
        let mismatch = Mismatch("fixture", expected: "a readable \(kind.rawValue) fixture", got: error.description)
        others.append(Named(name: path, outcome: .failed(mismatch)))
    }
}

/// A compiled `CaseSelection`.
final class CaseSelector {
    private let fork: String?
    private let literal: String?
    private let expression: Regex<AnyRegexOutput>?

    /// - Throws: `FixtureError` where the pattern is not a regular expression.
    init(_ selection: CaseSelection) throws(FixtureError) {
        fork = selection.fork.map(Self.canonical)
        guard let pattern = selection.pattern else {
            literal = nil
            expression = nil
            return
        }
        if pattern.allSatisfy({ $0.isLetter || $0.isNumber || "_-/: ,=".contains($0) }) {
            literal = pattern
            expression = nil
            return
        }
        literal = nil
        do { expression = try Regex(pattern) } catch {
            throw FixtureError(place: "", problem: "\"\(pattern)\" is not a regular expression: \(error)")
        }
    }

    func takes(name: String) -> Bool {
        if let literal { return literal.isEmpty || name.contains(literal) }
        if let expression { return name.firstMatch(of: expression) != nil }
        return true
    }

    func takes(fork: String) -> Bool { self.fork == nil || self.fork == Self.canonical(fork) }

    /// Fork names differ between suites in case and age: `EIP158` is Spurious Dragon, `Merge` is Paris.
    private static func canonical(_ fork: String) -> String {
        let name = fork.lowercased()
        if name.hasPrefix("bpo") { return name }
        return ForkName.revision(named: name).map { "\($0)" } ?? name
    }
}
