import Foundation

/// A certificate authority of our own, made by the openssl program and gone with the test.
final class Authority {
    struct Certificate {
        var path: String
        var keyPath: String
    }

    struct Failed: Error {}

    static let program: String? = ["/usr/bin/openssl", "/usr/local/bin/openssl"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    private let directory = FileManager.default.temporaryDirectory.appending(path: "postern-ca-\(UUID().uuidString)")
    var path: String { file("ca.pem") }

    init() throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try run(
            ["req", "-x509"] + Authority.newKey + ["-days", "2", "-keyout", file("ca.key"), "-out", path]
                + ["-subj", "/CN=Authority of the tests"])
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// - Parameter names: as in `subjectAltName`.
    func certificate(for names: String, days: Int = 2) throws -> Certificate {
        let certificate = Certificate(path: file("\(UUID().uuidString).pem"), keyPath: file("\(UUID().uuidString).key"))
        let request = file("request.pem")
        try run(
            ["req"] + Authority.newKey + ["-keyout", certificate.keyPath, "-out", request, "-subj", "/CN=server"]
                + ["-addext", "subjectAltName=\(names)"])
        try run(
            ["x509", "-req", "-in", request, "-CA", path, "-CAkey", file("ca.key"), "-CAcreateserial"]
                + ["-days", "\(days)", "-copy_extensions", "copy", "-out", certificate.path])
        return certificate
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    private func file(_ name: String) -> String { directory.appending(path: name).path }

    private func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: Authority.program ?? "")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw Failed() }
    }
}
