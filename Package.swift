// swift-tools-version:6.2
import PackageDescription

// Warnings are errors in CI and in `make test`. A newer compiler than ours must not break a user's build,
// so the switch is an environment variable and not the default.
let strict = Context.environment["POSTERN_STRICT"] != nil
let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (strict ? [.treatAllWarnings(as: .error)] : [])

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A library target below `Sources/`. The dependency lists here are the import table of ARCHITECTURE.md;
/// Tests/Tidy holds the sources to it.
func room(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(name)", resources: resources, swiftSettings: settings)
}

/// A test target `<name>Tests` in `Tests/<name>`.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)", exclude: exclude,
        swiftSettings: settings)
}

let package = Package(
    name: "postern",
    products: [
        .executable(name: "postern", targets: ["postern"]),
        // With the words an authenticator of one's own speaks in.
        .library(name: "Sidecar", targets: ["Sidecar", "Domain"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // No pkgConfig for hiredis: its file names -D_FILE_OFFSET_BITS, which SwiftPM warns about; Debian installs it
        // where compilers look anyway.
        .systemLibrary(name: "CHiredis", path: "Sources/CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(
            name: "CLibcrypto", path: "Sources/CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CLibYAML", path: "Sources/CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(
            name: "CLibcurl", path: "Sources/CLibcurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLinux", path: "Sources/CLinux"),

        room("Bytes"),
        room("Domain", ["Bytes"]),
        room("Sockets", ["CLinux", nioCore, nioPosix]),
        room("HTTPWire", ["Bytes", "Domain"]),
        room("Credentials", ["Bytes", "Domain", "CLibcrypto"]),
        room("Policy", ["Bytes", "Domain"]),
        room("Limits", ["Bytes", "Domain"]),
        room(
            "RedisStore", ["Bytes", "Domain", "Limits", "Sockets", "CHiredis", nioCore, nioPosix, nioSSL],
            resources: [
                "buckets.lua", "spend.lua", "settle.lua", "slots.lua", "inspect.lua", "keys.lua", "addkeys.lua",
            ].map {
                .embedInCode($0)
            }),
        room("Outbound", ["Bytes", "Domain", "Credentials", "CLibcurl"]),
        room("Telemetry", ["Bytes", "Domain", "Credentials", logging]),
        room("Configuration", ["Bytes", "Domain", "Credentials", "Policy", "Limits", "CLibYAML"]),
        room(
            "Sidecar",
            [
                "Bytes", "Domain", "HTTPWire", "Credentials", "Policy", "Limits", "RedisStore", "Outbound",
                "Telemetry", "Configuration", "Sockets", "CLinux", nioCore, nioPosix, nioHTTP1, nioSSL, logging,
            ],
            resources: [
                "shell.html", "page.css", "page.js", "docs.js", "chart.js", "dashboard.js", "icon.svg",
                "openapi.json",
            ].map { .embedInCode("Pages/Files/\($0)") }),
        .executableTarget(
            name: "postern", dependencies: ["Sidecar", "Configuration", "Telemetry", arguments, logging],
            path: "Sources/postern", swiftSettings: settings),

        tests("Bytes", ["Bytes"]),
        tests("Domain", ["Bytes", "Domain"]),
        tests("Sockets", ["Sockets", nioCore]),
        tests("HTTPWire", ["Bytes", "Domain", "HTTPWire"], exclude: ["Vectors"]),
        tests("Credentials", ["Bytes", "Domain", "Credentials"], exclude: ["Vectors"]),
        tests("Policy", ["Bytes", "Domain", "Policy"]),
        tests("Limits", ["Bytes", "Domain", "Limits"], exclude: ["Calendar/Zones"]),
        tests("RedisStore", ["Bytes", "Domain", "Limits", "RedisStore", nioCore, nioPosix, nioSSL]),
        tests("Outbound", ["Bytes", "Domain", "Credentials", "Outbound"], exclude: ["Support/provider.py"]),
        tests("Telemetry", ["Bytes", "Domain", "Credentials", "Telemetry", logging]),
        tests(
            "Configuration", ["Bytes", "Domain", "Limits", "Policy", "Credentials", "Configuration"],
            exclude: ["Files"]),
        tests(
            "Sidecar",
            [
                "Bytes", "Domain", "HTTPWire", "Credentials", "Limits", "Configuration", "Telemetry", "Sockets",
                "Sidecar",
                nioCore,
                nioEmbedded, logging,
            ]),
        tests(
            "Property", ["Bytes", "Domain", "HTTPWire", "Limits", nioCore, nioEmbedded, nioHTTP1]),
        tests(
            "Integration", [nioCore],
            exclude: [
                "Credentials/jose.py", "Frameworks/Apps", "Frameworks/Tables", "Pages/browser.py",
                "Secrets/moto_store.py", "Secrets/secret_stores.py",
            ]),
        tests("Simulation", ["Bytes", "Domain", "Limits", "RedisStore", nioCore]),
        tests("Tidy", []),
    ],
    swiftLanguageModes: [.v6]
)
