public import ArgumentParser
public import Platform

/// What somebody may do for an organisation.
struct RoleOptions: ParsableArguments {
    @Option(help: "What may be done; each role may do all that those before it may: viewer, operator, administrator.")
    var role: AccessRole = .viewer
}

extension AccessRole: ExpressibleByArgument {}
