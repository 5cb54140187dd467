// swift-tools-version:6.2
import PackageDescription

let package = Package(
    name: "custom-authenticator",
    // Outside this repository: .package(url: "…/postern", from: "…")
    dependencies: [.package(name: "postern", path: "../..")],
    targets: [
        .executableTarget(
            name: "custom-postern",
            dependencies: [.product(name: "Sidecar", package: "postern")])
    ],
    swiftLanguageModes: [.v6]
)
