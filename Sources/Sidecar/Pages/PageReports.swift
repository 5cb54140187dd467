import Bytes
import Configuration
import Credentials
import NIOCore
import NIOHTTP1
import Synchronization
import Telemetry

/// `/docs`, `/dashboard` and what they fetch, on the control listener: off unless `admin.pages` is true.
struct PageReports: Sendable {
    let pool: WorkerPool
    let readiness: Readiness
    let services: ProviderServices
    private let explaining = Explaining()

    /// Requests explained at once; each may ask whoever the configuration asks.
    static let explainedMax = 4

    /// How many are under way, on however many connections.
    private final class Explaining: Sendable {
        let count = Atomic<Int>(0)
    }

    init(pool: WorkerPool, readiness: Readiness, services: ProviderServices) {
        self.pool = pool
        self.readiness = readiness
        self.services = services
    }

    /// What is fetched with the token, and by which method.
    private static let methods: [Substring: HTTPMethod] = [
        "/openapi.json": .GET, "/dashboard.json": .GET, "/explain": .POST,
    ]

    /// Nil for a path that is not a page's.
    func report(
        _ request: HTTPRequestHead, _ body: [UInt8], on eventLoop: any EventLoop
    ) -> EventLoopFuture<AdminReport>? {
        let path = request.uri.prefix { $0 != "?" }
        let shell = PageFiles.report(path)
        let method = PageReports.methods[path]
        guard shell != nil || method != nil else { return nil }
        let worker = pool.workers[0]
        let gate = worker.eventLoop.submit { [pool] in pool.workers[0].gate }.hop(to: eventLoop)
        return gate.flatMap { gate in
            if let refusal = refusal(of: request, gate.snapshot, needsToken: shell == nil) {
                return eventLoop.makeSucceededFuture(refusal)
            }
            let wanted = method ?? .GET
            guard request.method == wanted || wanted == .GET && request.method == .HEAD else {
                return eventLoop.makeSucceededFuture(PageReports.wrongMethod(wanted))
            }
            if let shell { return eventLoop.makeSucceededFuture(shell) }
            switch path {
            case "/openapi.json": return eventLoop.makeSucceededFuture(PageFiles.openAPI)
            case "/dashboard.json": return dashboard(on: eventLoop)
            default:
                let stored = pool.workers[0].eventLoop.submit { [pool] in
                    let keys = pool.workers[0].authentication.stored
                    return (known: keys.known, standing: keys.standing)
                }.hop(to: eventLoop)
                return stored.flatMap { explain(body, gate, $0, on: eventLoop) }
            }
        }
    }

    private func refusal(of request: HTTPRequestHead, _ snapshot: Snapshot, needsToken: Bool) -> AdminReport? {
        guard snapshot.settings.admin.pages, let token = snapshot.credentials.controlToken else {
            return .problem(.notFound, "admin.pages is off")
        }
        // Anybody may lead a person here by a link: a frame without data is what that person sees.
        let isVisit = !needsToken && request.headers["Sec-Fetch-Mode"] == ["navigate"]
        if isVisit, LoopbackHost.isNamed(by: request.headers["Host"]) { return nil }
        return ControlAccess.refusal(of: request, ownPage: true)
            ?? (needsToken ? ControlAccess.refusal(of: request, without: token) : nil)
    }

    private static func wrongMethod(_ wanted: HTTPMethod) -> AdminReport {
        var report = AdminReport.problem(.methodNotAllowed, "only \(wanted == .GET ? "GET and HEAD" : "POST")")
        report.allow = wanted == .GET ? "GET, HEAD" : "POST"
        return report
    }

    private func dashboard(on eventLoop: any EventLoop) -> EventLoopFuture<AdminReport> {
        pool.collect(on: eventLoop) { DashboardShard($0) }.map { [readiness] shards in
            DashboardDocument(shards, readiness, at: Clock.monotonic()).report
        }
    }

    /// One request through the pipeline, on this loop and not on a worker's: nobody's check waits for it.
    private func explain(
        _ body: [UInt8], _ gate: Gate, _ stored: (known: KnownKeys, standing: KeyStanding), on eventLoop: any EventLoop
    ) -> EventLoopFuture<AdminReport> {
        guard let question = ExplainQuestion(body, gate.snapshot.settings.auth) else {
            let help = "a document with method and path is needed, as for /v1/check"
            return eventLoop.makeSucceededFuture(.problem(.badRequest, help))
        }
        guard explaining.count.add(1, ordering: .relaxed).newValue <= PageReports.explainedMax else {
            explaining.count.subtract(1, ordering: .relaxed)
            return eventLoop.makeSucceededFuture(.problem(.serviceUnavailable, "explaining others at the moment"))
        }
        let explained = ExplainedCheck(question.bytes, question.request, gate, services, stored, on: eventLoop).run()
        explained.whenComplete { [explaining] _ in explaining.count.subtract(1, ordering: .relaxed) }
        return explained.map { ExplainAnswer($0).report }
    }
}
