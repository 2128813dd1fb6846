// swift-tools-version: 6.2

import PackageDescription

/// Settings of every target: language mode 6, warnings are errors.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// C code runs natively only: a bare `none` triple matches no platform, so the RISC-V build leaves it out.
let native: TargetDependencyCondition? = .when(platforms: [.linux, .macOS])

/// The fast interpreter's handlers call each other in tail position. Merging alike ones turns their tail calls into
/// calls, so that bytecode could overflow the stack, and a frame pointer costs each handler two instructions.
let tailCalls: SwiftSetting = .unsafeFlags([
    "-Xllvm", "-swiftmergefunc-threshold=0", "-Xcc", "-momit-leaf-frame-pointer",
])

let package = Package(
    name: "mayfly",
    products: [
        .executable(name: "mayfly", targets: ["MayflyCLI"]),
        .library(
            name: "MayflyCore",
            targets: ["Primitives", "Cryptography", "Trie", "EVM", "StateTransition", "Derivation"]),
        .library(name: "Storage", targets: ["Storage"]),
        .library(name: "Conformance", targets: ["Conformance"]),
        .library(name: "Sequencing", targets: ["Sequencing"]),
        .library(name: "Publishing", targets: ["Publishing"]),
        .library(name: "JSONRPC", targets: ["JSONRPC"]),
        .library(name: "Blockchain", targets: ["Blockchain"]),
        .library(name: "EthereumRPC", targets: ["EthereumRPC"]),
        .library(name: "DevL1", targets: ["DevL1"]),
        .library(name: "DataAvailability", targets: ["DataAvailability"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    ],
    targets: [
        // Ring 0: pure, no Foundation, also compiles as Embedded Swift.
        .target(name: "Primitives", swiftSettings: strict),
        .target(name: "CKeccak", cSettings: [.unsafeFlags(["-O3"])]),
        .target(name: "CHashes", cSettings: [.unsafeFlags(["-O3"])]),
        .target(name: "CBLS12381", cSettings: [.unsafeFlags(["-O3"])]),
        .target(
            name: "Cryptography",
            dependencies: [
                "Primitives", .target(name: "CKeccak", condition: native), .target(name: "CHashes", condition: native),
                .target(name: "CBLS12381", condition: native),
            ],
            swiftSettings: strict),
        .target(name: "Trie", dependencies: ["Primitives", "Cryptography"], swiftSettings: strict),
        .target(name: "EVM", dependencies: ["Primitives", "Cryptography"], swiftSettings: strict + [tailCalls]),
        .target(
            name: "StateTransition",
            dependencies: ["Primitives", "Cryptography", "Trie", "EVM"],
            swiftSettings: strict),
        .target(
            name: "Derivation",
            dependencies: ["Primitives", "Cryptography", "EVM", "StateTransition"],
            swiftSettings: strict),

        // Ring 1: what a rollup is made of.
        .target(
            name: "Layers",
            dependencies: [
                "Primitives", "Cryptography", "EVM", "StateTransition", "Derivation",
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),

        // Ring 2: cores of the moving parts, without socket, file or clock.
        .target(
            name: "Sequencing",
            dependencies: ["Primitives", "Cryptography", "EVM", "StateTransition", "Derivation"],
            swiftSettings: strict),
        .systemLibrary(name: "CBrotli", providers: [.apt(["libbrotli-dev"])]),
        .target(
            name: "Publishing",
            dependencies: ["Primitives", "Cryptography", "EVM", "StateTransition", "Derivation", "CBrotli"],
            swiftSettings: strict),
        .target(name: "Proposing", dependencies: ["Primitives"], swiftSettings: strict),
        .target(name: "Operating", dependencies: ["Primitives", "Cryptography"], swiftSettings: strict),
        .target(name: "Spans", swiftSettings: strict),
        .target(
            name: "Lifecycles",
            dependencies: ["Primitives", "Cryptography", "Trie", "EVM", "StateTransition"],
            swiftSettings: strict),

        // Ring 3: adapters, everything that touches the outside.
        .systemLibrary(name: "CLMDB", providers: [.apt(["liblmdb-dev"])]),
        .target(
            name: "Storage",
            dependencies: ["Primitives", "Cryptography", "Trie", "EVM", "StateTransition", "CLMDB"],
            swiftSettings: strict),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "JSONRPC",
            dependencies: [
                "Primitives", "Cryptography", "Spans", "CZlib", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),

        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"]), .brew(["openssl"])]),
        .target(name: "Keystores", dependencies: ["Primitives", "Cryptography", "COpenSSL"], swiftSettings: strict),
        .target(
            name: "SQLStore", dependencies: [.product(name: "GRDB", package: "GRDB.swift")], swiftSettings: strict),

        // Ring 4: the node, built on adapters.
        .target(
            name: "EthereumClient",
            dependencies: [
                "Primitives", "Cryptography", "Trie", "StateTransition", "Derivation", "Layers", "Sequencing",
                "Spans", "JSONRPC",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ],
            swiftSettings: strict),
        .target(
            name: "SpanExport",
            dependencies: [
                "Spans", "JSONRPC", "EthereumClient", .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "DataAvailability",
            dependencies: [
                "Primitives", "Cryptography", "Derivation", "Layers", "JSONRPC", "EthereumClient",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "Settlement",
            dependencies: [
                "Primitives", "Cryptography", "Trie", "EVM", "StateTransition", "Derivation", "Layers", "Proposing",
                "Lifecycles", "Spans",
                "JSONRPC", "EthereumClient",
            ],
            swiftSettings: strict),
        .systemLibrary(name: "CSpawn"),
        .target(
            name: "Gateway",
            dependencies: [
                "CSpawn", "Primitives", "Cryptography", "StateTransition", "Derivation", "Layers", "Lifecycles",
                "Spans",
                "JSONRPC",
                "EthereumClient",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "Blockchain",
            dependencies: ["Primitives", "Cryptography", "Trie", "EVM", "StateTransition", "Sequencing", "Storage"],
            swiftSettings: strict),
        .target(
            name: "EthereumRPC",
            dependencies: [
                "Primitives", "Cryptography", "Trie", "EVM", "StateTransition", "Sequencing", "Storage", "JSONRPC",
                "Blockchain", "Spans", .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "DevL1",
            dependencies: [
                "Primitives", "Cryptography", "Trie", "EVM", "StateTransition", "Layers", "Sequencing", "Storage",
                "JSONRPC", "Blockchain", "EthereumRPC", .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),

        .target(
            name: "Platform",
            dependencies: [
                "Primitives", "Cryptography", "StateTransition", "Derivation", "Layers", "Lifecycles", "SQLStore",
                "COpenSSL", "JSONRPC", "EthereumClient", "Settlement", "Spans",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ],
            swiftSettings: strict),
        .target(
            name: "Dashboard",
            dependencies: ["Primitives", .product(name: "Mustache", package: "swift-mustache")],
            swiftSettings: strict),

        // Ring 5: wiring.
        .target(
            name: "Conformance",
            dependencies: [
                "Primitives", "Cryptography", "Trie", "EVM", "StateTransition", "Storage", "JSONRPC", "Blockchain",
                "EthereumRPC", .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "RollupNode",
            dependencies: [
                "Primitives", "Cryptography", "EVM", "StateTransition", "Derivation", "Layers", "Sequencing",
                "Lifecycles",
                "Publishing", "Storage", "JSONRPC", "EthereumClient", "Blockchain", "EthereumRPC", "Spans",
            ],
            swiftSettings: strict),
        .systemLibrary(name: "CMalloc"),
        .executableTarget(
            name: "MayflyCLI",
            dependencies: [
                .target(name: "CMalloc", condition: .when(platforms: [.linux])), "CZlib",
                "Primitives", "Cryptography", "Conformance", "EVM", "StateTransition", "Derivation", "Layers",
                "Sequencing", "Lifecycles", "Publishing", "Storage",
                "JSONRPC", "EthereumClient", "Blockchain", "EthereumRPC", "DevL1", "DataAvailability",
                "RollupNode", "Settlement", "Proposing", "Gateway", "Keystores", "SQLStore", "Platform", "Dashboard",
                "Spans", "SpanExport",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        .testTarget(name: "PrimitivesTests", dependencies: ["Primitives"], swiftSettings: strict),
        .testTarget(name: "CryptographyTests", dependencies: ["Primitives", "Cryptography"], swiftSettings: strict),
        .testTarget(name: "TrieTests", dependencies: ["Primitives", "Cryptography", "Trie"], swiftSettings: strict),
        .testTarget(name: "EVMTests", dependencies: ["Primitives", "Cryptography", "EVM"], swiftSettings: strict),
        .testTarget(
            name: "StateTransitionTests",
            dependencies: ["Primitives", "Cryptography", "Trie", "EVM", "StateTransition"],
            swiftSettings: strict),
        .testTarget(
            name: "DerivationTests",
            dependencies: ["Primitives", "Cryptography", "EVM", "StateTransition", "Derivation"],
            swiftSettings: strict),
        .testTarget(
            name: "LayersTests",
            dependencies: ["Primitives", "Cryptography", "EVM", "StateTransition", "Derivation", "Layers"],
            swiftSettings: strict),
        .testTarget(
            name: "SequencingTests",
            dependencies: ["Primitives", "Cryptography", "EVM", "StateTransition", "Derivation", "Sequencing"],
            swiftSettings: strict),
        .testTarget(
            name: "StorageTests",
            dependencies: ["Primitives", "Cryptography", "Trie", "EVM", "StateTransition", "Storage"],
            swiftSettings: strict),
        .testTarget(
            name: "JSONRPCTests",
            dependencies: [
                "Primitives", "Cryptography", "JSONRPC", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "BlockchainTests",
            dependencies: [
                "Primitives", "Cryptography", "Trie", "EVM", "StateTransition", "Sequencing", "Storage", "Blockchain",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EthereumRPCTests",
            dependencies: [
                "Primitives", "Cryptography", "Trie", "EVM", "StateTransition", "Sequencing", "Storage", "JSONRPC",
                "Blockchain", "EthereumRPC", "DevL1", .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EthereumClientTests",
            dependencies: [
                "Primitives", "Cryptography", "Trie", "EVM", "StateTransition", "Derivation", "Layers", "Sequencing",
                "Storage",
                "JSONRPC", "Blockchain", "EthereumRPC", "DevL1", "EthereumClient",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RollupNodeTests",
            dependencies: [
                "Primitives", "Cryptography", "EVM", "StateTransition", "Derivation", "Layers", "Sequencing",
                "Publishing", "Storage",
                "JSONRPC", "EthereumClient", "DataAvailability", "Blockchain", "EthereumRPC", "DevL1", "RollupNode",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SettlementTests",
            dependencies: [
                "Primitives", "Cryptography", "Trie", "EVM", "StateTransition", "Derivation", "Layers", "Proposing",
                "Lifecycles",
                "Sequencing", "Storage", "JSONRPC", "Blockchain", "EthereumRPC", "DevL1", "EthereumClient",
                "Settlement", .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "KeystoresTests", dependencies: ["Primitives", "Cryptography", "Keystores"], swiftSettings: strict),
        .testTarget(name: "SQLStoreTests", dependencies: ["SQLStore"], swiftSettings: strict),
        .testTarget(
            name: "PlatformTests", dependencies: ["Primitives", "Layers", "Settlement", "SQLStore", "Platform"],
            swiftSettings: strict
        ),
        .testTarget(name: "DashboardTests", dependencies: ["Primitives", "Dashboard"], swiftSettings: strict),
        .testTarget(
            name: "OperatingTests", dependencies: ["Primitives", "Cryptography", "Operating"], swiftSettings: strict),
        .testTarget(name: "ProposingTests", dependencies: ["Primitives", "Proposing"], swiftSettings: strict),
        .testTarget(
            name: "LifecyclesTests",
            dependencies: ["Primitives", "Cryptography", "Trie", "StateTransition", "Lifecycles"],
            swiftSettings: strict),
        .testTarget(
            name: "ConformanceTests",
            dependencies: ["Primitives", "Cryptography", "Trie", "StateTransition", "Conformance"],
            swiftSettings: strict),
        .testTarget(
            name: "PublishingTests",
            dependencies: ["Primitives", "Cryptography", "EVM", "StateTransition", "Derivation", "Publishing"],
            swiftSettings: strict),
        .testTarget(
            name: "DataAvailabilityTests",
            dependencies: [
                "Primitives", "Cryptography", "Derivation", "Layers", "EthereumClient", "DataAvailability",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Primitives", "Cryptography", "JSONRPC", "Gateway", .product(name: "NIOCore", package: "swift-nio"),
            ], swiftSettings: strict
        ),
        .testTarget(
            name: "SpansTests",
            dependencies: [
                "Spans", "SpanExport", "EthereumClient", "JSONRPC", .product(name: "NIOCore", package: "swift-nio"),
            ], swiftSettings: strict),
    ]
)

// Benchmarks and fuzzers need libraries that nobody else does: `MAYFLY_TOOLS=1 swift run -c release NAME`. Of the core:
// `benchmark [NAME...]`; its cryptography beside the usual libraries: `compare`; the JSON-RPC server over loopback: `rpc`; a
// node's way of a transfer without the server: `node`; bytes of data a transfer: `data`; fuzzers: `fuzz`.
if Context.environment["MAYFLY_TOOLS"] != nil {
    let core: [Target.Dependency] = ["Primitives", "Cryptography", "Trie", "EVM", "StateTransition", "Derivation"]
    let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")

    func tool(_ name: String, _ folder: String, _ dependencies: [Target.Dependency]) -> Target {
        .executableTarget(
            name: name, dependencies: dependencies, path: "\(folder)/Sources/\(name)", swiftSettings: strict)
    }

    package.targets += [
        tool("benchmark", "Benchmarks", core + ["Conformance", "Sequencing", "Storage"]),
        tool("rpc", "Benchmarks", ["JSONRPC", nio]),
        tool("node", "Benchmarks", core + ["Sequencing", "Storage", "Blockchain"]),
        tool("data", "Benchmarks", core + ["Publishing"]),
        .systemLibrary(
            name: "CSecp256k1", path: "Benchmarks/Sources/CSecp256k1",
            providers: [.apt(["libsecp256k1-dev"]), .brew(["secp256k1"])]),
        tool("compare", "Benchmarks", core + ["COpenSSL", "CSecp256k1"]),
        tool(
            "fuzz", "Fuzz",
            core + ["Conformance", "JSONRPC", "Sequencing", "Blockchain", "EthereumRPC", "DevL1", nio]),
    ]
}

// What the stage `debug` of ./test runs without optimisation, and nothing else.
if Context.environment["MAYFLY_INTERPRETERS"] != nil {
    let names = ["Primitives", "CKeccak", "CHashes", "CBLS12381", "Cryptography", "EVM", "PrimitivesTests", "EVMTests"]
    package.targets.removeAll { !names.contains($0.name) }
    package.products = []
    package.dependencies = []
}
