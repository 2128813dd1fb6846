public import EVM

/// The names that fixtures give to the sets of protocol rules.
public enum ForkName {
    /// The rules called `name` in any of the suites, letter case apart; nil for transitions and unknown names.
    public static func revision(named name: String) -> Revision? {
        switch name.lowercased() {
        case "frontier": .frontier
        case "homestead", "daofork", "dao": .homestead
        case "eip150", "tangerinewhistle", "tangerine_whistle": .tangerineWhistle
        case "eip158", "spuriousdragon", "spurious_dragon": .spuriousDragon
        case "byzantium": .byzantium
        case "constantinople": .constantinople
        case "constantinoplefix", "petersburg": .petersburg
        case "istanbul", "muirglacier": .istanbul
        case "berlin": .berlin
        case "london", "arrowglacier", "grayglacier": .london
        case "paris", "merge": .paris
        case "shanghai": .shanghai
        case "cancun": .cancun
        case "prague": .prague
        case "osaka", "bpo1", "bpo2", "bpo3", "bpo4", "bpo5": .osaka
        default: nil
        }
    }

    /// The names to offer to a user who mistyped one.
    public static let examples = Revision.allCases.map { "\($0)" }.joined(separator: ", ")
}
