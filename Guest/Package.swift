// swift-tools-version: 6.2

import PackageDescription

// The program that a fault proof runs: ring 0 only, Embedded Swift, no operating system beyond read, write and exit.
// Build it with `scripts/guest build`, which passes the triple and the flags of Embedded Swift.
let package = Package(
    name: "mayfly-guest",
    products: [.library(name: "Guest", type: .static, targets: ["Guest", "GuestRuntime"])],
    dependencies: [.package(name: "mayfly", path: "..")],
    targets: [
        .target(name: "GuestRuntime", cSettings: [.unsafeFlags(["-O2", "-ffreestanding", "-fno-builtin"])]),
        .target(
            name: "Guest",
            dependencies: ["GuestRuntime", .product(name: "MayflyCore", package: "mayfly")],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .treatAllWarnings(as: .error),
            ]),
    ]
)
