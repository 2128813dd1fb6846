/// The cases that are not run, each with its reason. The list is part of the code so that it is reviewed with it.
public enum SkippedCases {
    /// One entry: the cases of `kind` whose name contains `fragment`.
    public struct Entry: Sendable {
        public let kind: ConformanceKind
        public let fragment: String
        public let reason: String
    }

    public static let entries: [Entry] = []

    /// Why the case called `name` is not run; nil where it is.
    static func reason(kind: ConformanceKind, name: String) -> String? {
        entries.first { $0.kind == kind && name.contains($0.fragment) }?.reason
    }
}
