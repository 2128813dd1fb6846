// swift-tools-version: 6.2

import PackageDescription

// Benchmarks of the core: `swift run -c release --package-path Benchmarks benchmark [NAME...]`.
let package = Package(
    name: "mayfly-benchmarks",
    dependencies: [.package(name: "mayfly", path: "..")],
    targets: [
        .executableTarget(
            name: "benchmark",
            dependencies: [
                .product(name: "MayflyCore", package: "mayfly"),
                .product(name: "Conformance", package: "mayfly"),
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
