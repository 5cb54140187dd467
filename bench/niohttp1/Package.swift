// swift-tools-version:6.2
import PackageDescription

// A package of its own, so that nothing of Postern is in this row. SwiftNIO in the range that Postern asks for.
let package = Package(
    name: "niohttp1",
    dependencies: [.package(url: "https://github.com/apple/swift-nio", from: "2.101.2")],
    targets: [
        .executableTarget(
            name: "niohttp1",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
