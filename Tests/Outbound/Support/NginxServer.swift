import Foundation

/// A real nginx that speaks HTTP/2 over TLS, with one location that answers with the number of its connection.
final class NginxServer {
    struct NotReady: Error {}

    static let program: String? = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }
    static var isExpected: Bool { program != nil || ProcessInfo.processInfo.environment["CI"] != nil }

    let port: Int
    private let directory = FileManager.default.temporaryDirectory.appending(path: "postern-nginx-\(UUID().uuidString)")
    private let process = Process()

    init(_ certificate: Authority.Certificate) throws {
        guard let program = NginxServer.program else { throw NotReady() }
        port = try NginxServer.freePort()
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let configuration = directory.appending(path: "nginx.conf")
        try text(certificate).write(to: configuration, atomically: true, encoding: .utf8)
        process.executableURL = URL(filePath: program)
        process.arguments = ["-p", directory.path, "-c", configuration.path]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: directory)
    }

    private func text(_ certificate: Authority.Certificate) -> String {
        let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "\($0)_temp_path \(directory.path)/\($0);"
        }
        return """
            daemon off; master_process off; pid nginx.pid; error_log stderr crit;
            events {}
            http {
                access_log off; \(folders.joined(separator: " "))
                server {
                    listen 127.0.0.1:\(port) ssl http2;
                    ssl_certificate \(certificate.path); ssl_certificate_key \(certificate.keyPath);
                    location = /connection { default_type text/plain; return 200 "$connection"; }
                }
            }
            """
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return try withUnsafeMutablePointer(to: &address) {
            try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                guard bind(descriptor, $0, length) == 0, getsockname(descriptor, $0, &length) == 0 else {
                    throw NotReady()
                }
                return $0.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    Int(UInt16(bigEndian: $0.pointee.sin_port))
                }
            }
        }
    }
}
