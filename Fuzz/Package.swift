// swift-tools-version: 6.2

import PackageDescription

// Fuzzers of the core: one executable, a fuzzer a file. `scripts/fuzz` runs them all.
let package = Package(
    name: "mayfly-fuzz",
    dependencies: [
        .package(name: "mayfly", path: ".."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .executableTarget(
            name: "fuzz",
            dependencies: [
                .product(name: "MayflyCore", package: "mayfly"), .product(name: "Conformance", package: "mayfly"),
                .product(name: "JSONRPC", package: "mayfly"), .product(name: "Sequencing", package: "mayfly"),
                .product(name: "Blockchain", package: "mayfly"), .product(name: "EthereumRPC", package: "mayfly"),
                .product(name: "DevL1", package: "mayfly"), .product(name: "NIOCore", package: "swift-nio"),
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
