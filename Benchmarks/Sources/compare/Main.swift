/// `compare [PREFIX...]`: prints Mayfly's and another library's median time of each comparison whose name begins so.
@main
struct Main {
    static func main() {
        let prefixes = CommandLine.arguments.dropFirst()
        for comparison in hashComparisons() + signatureComparisons()
        where prefixes.isEmpty || prefixes.contains(where: { comparison.name.hasPrefix($0) }) {
            let (ours, theirs, speed) = comparison.medians()
            print(
                "\(comparison.name): \(Int(ours.rounded())) ns, theirs \(Int(theirs.rounded())) ns,",
                "\((speed * 100).rounded() / 100) of their speed")
        }
    }
}
