import Bytes
package import Configuration
import Domain
import HTTPWire
import Limits
import NIOCore
import NIOPosix

/// `postern explain`: one request through the real pipeline and the memory store, and what every stage found.
///
/// The check speaks the Envoy dialect, whose request is the client's own; other dialects differ in where the request
/// comes from and not in what becomes of it.
package struct Explanation {
    /// The request to judge, as a client would send it.
    package struct Request {
        package var method: String
        package var target: String
        /// `Name: value` lines.
        package var headers: [String]
        /// Where the client connects from; nil for unknown.
        package var address: String?

        package init(method: String, target: String, headers: [String], address: String?) {
            self.method = method
            self.target = target
            self.headers = headers
            self.address = address
        }
    }

    /// One line per stage, in the order of the pipeline.
    package private(set) var lines: [(stage: String, finding: String)] = []
    package private(set) var answer = ""
    package private(set) var isAllowed = false

    /// - Parameter registry: the authenticators compiled in.
    /// - Throws: what keeps a Gate from being made.
    package init(
        _ request: Request, under snapshot: Snapshot, registry: AuthenticatorRegistry = AuthenticatorRegistry()
    ) throws {
        let services = ProviderServices(registry: registry)
        defer { services.close() }
        let gate = try Gate(snapshot, services: services)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { try? group.syncShutdownGracefully() }
        let bytes = Explanation.bytes(of: request)
        let stored = snapshot.settings.readStoredKeys()
        let explained = try group.next().flatSubmit {
            ExplainedCheck(bytes, request, gate, services, stored, on: group.next()).run()
        }.wait()
        lines = explained.lines
        isAllowed = explained.isAllowed
        answer = explained.answer
    }

    /// The request as a head, with a Host if it names none.
    private static func bytes(of request: Request) -> [UInt8] {
        let named = request.headers.contains { $0.lowercased().hasPrefix("host:") }
        let headers = (named ? [] : ["Host: localhost"]) + request.headers
        return [UInt8](
            "\(request.method) \(request.target) HTTP/1.1\r\n\(headers.joined(separator: "\r\n"))\r\n\r\n".utf8)
    }
}
