import ArgumentParser

struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Prints what makes a shell complete this program's commands, options and rollups' names.",
        discussion: """
            bash: mayfly completions bash > ~/.local/share/bash-completion/completions/mayfly

            zsh: mayfly completions zsh > _mayfly, in a directory of $fpath

            fish: mayfly completions fish > ~/.config/fish/completions/mayfly.fish

            Names come from the platform (--platform, MAYFLY_PLATFORM, or that of this machine), where it answers at once.
            """)

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish
    }

    @Argument(help: "The shell: bash, zsh or fish.")
    var shell: Shell

    func run() {
        switch shell {
        case .bash: print(Mayfly.completionScript(for: .bash))
        case .zsh: print(Mayfly.completionScript(for: .zsh))
        case .fish: print(Mayfly.completionScript(for: .fish))
        }
    }
}
