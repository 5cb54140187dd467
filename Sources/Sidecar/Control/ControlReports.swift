import Bytes
import Configuration
import Domain
import Limits
import Logging
import NIOCore
import NIOHTTP1

/// `GET` and `DELETE` of `/limits/{name}/{subject}`, answered by a worker's store: how a bucket stands, and making it
/// as if it had never been spent from.
struct ControlReports: Sendable {
    let pool: WorkerPool
    let logger: Logger
    /// What it serves to people's browsers; nil for nothing.
    var pages: PageReports?

    func report(
        _ request: HTTPRequestHead, _ body: [UInt8] = [], on eventLoop: any EventLoop
    ) -> EventLoopFuture<AdminReport> {
        if let pages, let answer = pages.report(request, body, on: eventLoop) { return answer }
        // Any worker's store knows what the others' do.
        let answer = pool.workers[0].eventLoop.flatSubmit { self.answer(request, by: pool.workers[0]) }
        return answer.hop(to: eventLoop)
    }

    private func answer(_ request: HTTPRequestHead, by worker: Worker) -> EventLoopFuture<AdminReport> {
        let snapshot = worker.gate.snapshot
        func now(_ report: AdminReport) -> EventLoopFuture<AdminReport> { worker.eventLoop.makeSucceededFuture(report) }
        if let refusal = refusal(of: request, snapshot) { return now(refusal) }
        guard let path = ControlPath(request.uri) else {
            return now(.problem(.notFound, "see /limits/{name}/{subject}"))
        }
        do throws(BucketName.Fault) {
            let (limit, key) = try path.name.resolve(under: snapshot)
            switch request.method {
            case .GET, .HEAD: return inspect(limit, key, path.name, worker)
            case .DELETE: return reset(limit, key, path.name, worker)
            default:
                var report = AdminReport.problem(.methodNotAllowed, "only GET, HEAD and DELETE")
                report.allow = "GET, HEAD, DELETE"
                return now(report)
            }
        } catch {
            return now(.problem(error.isUnknownLimit ? .notFound : .badRequest, "\(error)"))
        }
    }

    private func refusal(of request: HTTPRequestHead, _ snapshot: Snapshot) -> AdminReport? {
        guard let wanted = snapshot.credentials.controlToken else {
            return .problem(.notFound, "admin.control is not configured")
        }
        return ControlAccess.refusal(of: request) ?? ControlAccess.refusal(of: request, without: wanted)
    }

    private func inspect(
        _ limit: Int, _ key: BucketKey, _ name: BucketName, _ worker: Worker
    ) -> EventLoopFuture<AdminReport> {
        let table = worker.gate.snapshot.limits
        return perform(.inspect(key), under: table, worker).map { answer in
            guard case .inspected(let state) = answer else {
                return .problem(.serviceUnavailable, ControlReports.silence)
            }
            return BucketStanding(table.limits[limit], name, state).report
        }
    }

    private func reset(
        _ limit: Int, _ key: BucketKey, _ name: BucketName, _ worker: Worker
    ) -> EventLoopFuture<AdminReport> {
        let (table, logger) = (worker.gate.snapshot.limits, logger)
        return perform(.reset(key), under: table, worker).map { answer in
            guard case .reset(let was) = answer else { return .problem(.serviceUnavailable, ControlReports.silence) }
            logger.notice("limit reset", metadata: ["limit": "\(name.limit)", "was_used": "\(was)"])
            var body = ByteWriter()
            body.write("{\"limit\":")
            body.write(json: name.limit)
            body.write(",\"subject\":")
            body.write(json: name.subject)
            body.write(was ? ",\"reset\":true}\n" : ",\"reset\":false}\n")
            return AdminReport(status: .ok, type: "application/json", body: body.bytes)
        }
    }

    private func perform(
        _ operation: StoreOperation, under table: LimitTable, _ worker: Worker
    ) -> EventLoopFuture<StoreAnswer> {
        let promise = worker.eventLoop.makePromise(of: StoreAnswer.self)
        worker.store.perform(operation, under: table, at: Clock.monotonic()) { promise.succeed($0) }
        return promise.futureResult
    }

    private static let silence = "the limit store did not answer"
}

extension AdminReport {
    /// A problem document (RFC 9457).
    static func problem(_ status: HTTPResponseStatus, _ detail: String) -> AdminReport {
        var body = ByteWriter()
        body.write("{\"type\":\"about:blank\",\"title\":")
        body.write(json: status.reasonPhrase)
        body.write(",\"status\":")
        body.write(decimal: Int64(status.code))
        body.write(",\"detail\":")
        body.write(json: detail)
        body.write("}\n")
        return AdminReport(status: status, type: "application/problem+json", body: body.bytes)
    }
}
