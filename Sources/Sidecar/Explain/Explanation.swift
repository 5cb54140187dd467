import Bytes
package import Configuration
import Domain
import HTTPWire
import Limits
import NIOCore

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

    package init(_ request: Request, under snapshot: Snapshot) {
        let gate = Gate(snapshot)
        let check = Check(gate: gate) { _ in }
        var head = RequestHead()
        let bytes = Explanation.bytes(of: request)
        check.begin(gate, at: Clock.monotonic())
        var exchange = AnswerEncoder.Exchange(dialect: .envoy)
        exchange.wallSeconds = Clock.wallSeconds()
        exchange.isHead = request.method == "HEAD"
        judge(check, &head, bytes, request)
        note("decision", Findings.decision(check))
        isAllowed = check.decision == .allow
        var writer = ByteWriter()
        var encoder = AnswerEncoder()
        encoder.write(check, exchange, to: &writer)
        answer = writer.bytes.span.text()
    }

    private mutating func judge(_ check: Check, _ head: inout RequestHead, _ bytes: [UInt8], _ request: Request) {
        var parser = HeadParser()
        guard case .complete = parser.parse(bytes.span, into: &head) else {
            check.decision = .deny(.malformedRequest)
            note("request", "not a request: \(Findings.refusal(bytes))")
            return
        }
        let selection = DialectSelection(dialect: .envoy, prefixLength: 0)
        let loopback = ClientAddress(ipv4: 0x7F00_0001)
        if let reason = check.gate.decoder.decode(head, bytes.span, selection, peer: loopback, into: check) {
            check.decision = .deny(reason)
        }
        check.request.address = request.address.flatMap { AddressParser.parse([UInt8]($0.utf8).span) } ?? .unknown
        note("request", Findings.request(check, bytes))
        note("credential", Findings.credential(check))
        guard check.decision == nil else { return }
        var pipeline = Pipeline()
        let isReady = pipeline.prepare(check, bytes.span, wallSeconds: Clock.wallSeconds())
        note("route", Findings.route(check))
        note("principal", Findings.principal(check))
        note("permit", Findings.permit(check))
        guard isReady else { return }
        spend(check)
    }

    private mutating func spend(_ check: Check) {
        note("charges", Findings.charges(check))
        guard !check.spend.charges.isEmpty else { return check.decision = .allow }
        let store = MemoryStore(capacity: 1_024)
        _ = store.spend(check.spend, at: Clock.monotonic())
        Verdict.fold(check)
        note("limits", Findings.limits(check))
    }

    private mutating func note(_ stage: String, _ finding: String) { lines.append((stage, finding)) }

    /// The request as a head, with a Host if it names none.
    private static func bytes(of request: Request) -> [UInt8] {
        let named = request.headers.contains { $0.lowercased().hasPrefix("host:") }
        let headers = (named ? [] : ["Host: localhost"]) + request.headers
        return [UInt8](
            "\(request.method) \(request.target) HTTP/1.1\r\n\(headers.joined(separator: "\r\n"))\r\n\r\n".utf8)
    }
}
