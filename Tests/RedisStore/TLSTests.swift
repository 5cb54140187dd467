import Foundation
import NIOSSL
import Testing

@testable import RedisStore

private let openssl: String? = ["/usr/bin/openssl", "/usr/local/bin/openssl"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

/// `rediss://`, with a certificate authority of our own.
@Suite(.enabled(if: RedisServer.isExpected && openssl != nil, "redis-server or openssl is not installed"))
struct TLSTests {
    /// A key and a certificate signed by itself.
    private struct Certificate {
        let directory = FileManager.default.temporaryDirectory.appending(path: "postern-tls-\(UUID().uuidString)")
        var key: String { directory.appending(path: "key.pem").path }
        var certificate: String { directory.appending(path: "certificate.pem").path }

        init(for names: String) throws {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            let process = Process()
            process.executableURL = URL(filePath: openssl ?? "")
            process.arguments = [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-keyout", key, "-out", certificate, "-subj", "/CN=localhost",
                "-addext", "subjectAltName=\(names)",
            ]
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
        }
    }

    private static func context(trusting path: String?) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let path { configuration.trustRoots = .file(path) }
        return try NIOSSLContext(configuration: configuration)
    }

    @Test(arguments: [
        ("DNS:localhost", "localhost", true, true), ("IP:127.0.0.1", "127.0.0.1", true, true),
        // The peer's address is a name of its own.
        ("IP:127.0.0.1", "elsewhere.example", true, true), ("DNS:localhost", "elsewhere.example", true, false),
        ("DNS:localhost", "127.0.0.1", true, false), ("DNS:localhost", "localhost", false, false),
    ])
    func theCertificateIsChecked(names: String, name: String, isTrusted: Bool, isUp: Bool) async throws {
        let files = try Certificate(for: names)
        defer { try? FileManager.default.removeItem(at: files.directory) }
        let port = try RedisServer.freePort()
        let server = try RedisServer(
            "--tls-port", "\(port)", "--tls-cert-file", files.certificate, "--tls-key-file", files.key,
            "--tls-auth-clients", "no")
        var settings = Worker.settings(server)
        settings.topology = .node(.tcp(host: "127.0.0.1", port: port))
        settings.tls = try TLSTests.context(trusting: isTrusted ? files.certificate : nil)
        settings.tlsServerName = name
        let worker = try await Worker(settings, waitsUntilUp: false)
        try await worker.until { store in
            if case .down(_, .tls) = store.health { return !isUp }
            return isUp && store.health == .up
        }
        try await worker.close()
    }
}
