// swift-tools-version: 6.2

import PackageDescription

// Fuzzers of the core: one executable, a fuzzer a file. `scripts/fuzz` runs them all.
let package = Package(
    name: "mayfly-fuzz",
    dependencies: [.package(name: "mayfly", path: "..")],
    targets: [
        .executableTarget(
            name: "fuzz",
            dependencies: [
                .product(name: "MayflyCore", package: "mayfly"), .product(name: "Conformance", package: "mayfly"),
                .product(name: "JSONRPC", package: "mayfly"), .product(name: "Sequencing", package: "mayfly"),
            ],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .treatAllWarnings(as: .error),
            ])
    ]
)
