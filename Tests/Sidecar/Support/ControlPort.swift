import Bytes
import Configuration
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Synchronization
import Testing

@testable import Sidecar

/// The control listener without a socket, in front of a worker that answers checks.
final class ControlPort {
    static let token = "control-token-0123456789-0123456789"

    let port: CheckPort
    private let reports: ControlReports
    private let services = ProviderServices(registry: AuthenticatorRegistry())

    init(_ yaml: String) throws {
        port = try CheckPort(yaml)
        let pool = WorkerPool([port.worker])
        reports = ControlReports(
            pool: pool, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            pages: PageReports(pool: pool, readiness: Readiness(), services: services))
    }

    deinit { services.close() }

    struct Answer {
        var report: AdminReport
        var status: Int { Int(report.status.code) }
        var text: String { String(decoding: report.body, as: UTF8.self) }
        var json: JSONObject { (try? JSONParser.parse(report.body.span))?.object ?? JSONObject() }
    }

    static let bearer: HTTPHeaders = ["Host": "localhost:9193", "Authorization": "Bearer \(token)"]

    func ask(
        _ method: HTTPMethod, _ uri: String, _ headers: HTTPHeaders = bearer, body: String = ""
    ) throws -> Answer {
        let loop = port.channel.embeddedEventLoop
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: headers)
        let answer = reports.report(head, Array(body.utf8), on: loop)
        loop.run()
        return Answer(report: try answer.wait())
    }

    /// The same of the admin port.
    func probe(_ uri: String) throws -> Answer {
        let loop = port.channel.embeddedEventLoop
        let admin = AdminReports(
            pool: WorkerPool([port.worker]), readiness: Readiness(), services: services, keys: nil,
            audit: nil)
        let answer = admin.report(HTTPRequestHead(version: .http1_1, method: .GET, uri: uri), on: loop)
        loop.run()
        return Answer(report: try answer.wait())
    }
}
