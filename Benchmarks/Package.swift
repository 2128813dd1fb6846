// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

// Benchmarks of the core: `swift run -c release --package-path Benchmarks benchmark [NAME...]`, and its cryptography
// beside the usual libraries: `swift run -c release --package-path Benchmarks compare`. The JSON-RPC server over loopback:
// `swift run -c release --package-path Benchmarks rpc`. A node's way of a transfer without the server:
// `swift run -c release --package-path Benchmarks node`. Bytes of data a transfer: `swift run -c release --package-path
// Benchmarks data`.
let package = Package(
    name: "mayfly-benchmarks",
    dependencies: [
        .package(name: "mayfly", path: ".."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .executableTarget(
            name: "benchmark",
            dependencies: [
                .product(name: "MayflyCore", package: "mayfly"),
                .product(name: "Conformance", package: "mayfly"),
                .product(name: "Sequencing", package: "mayfly"),
                .product(name: "Storage", package: "mayfly"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "rpc",
            dependencies: [
                .product(name: "JSONRPC", package: "mayfly"), .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "node",
            dependencies: [
                .product(name: "MayflyCore", package: "mayfly"), .product(name: "Sequencing", package: "mayfly"),
                .product(name: "Storage", package: "mayfly"), .product(name: "Blockchain", package: "mayfly"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "data",
            dependencies: [
                .product(name: "MayflyCore", package: "mayfly"), .product(name: "Publishing", package: "mayfly"),
            ],
            swiftSettings: strict),
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"]), .brew(["openssl"])]),
        .systemLibrary(name: "CSecp256k1", providers: [.apt(["libsecp256k1-dev"]), .brew(["secp256k1"])]),
        .executableTarget(
            name: "compare",
            dependencies: ["COpenSSL", "CSecp256k1", .product(name: "MayflyCore", package: "mayfly")],
            swiftSettings: strict),
    ]
)
