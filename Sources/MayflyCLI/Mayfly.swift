import ArgumentParser

@main
struct Mayfly: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mayfly", abstract: "Launches a rollup when someone needs one and dissolves it when they don't.")
}
