import Credentials
import Domain
import Synchronization

/// One server that is asked about credentials: posts a body, and hands the answer to whoever judges it.
///
/// It remembers nothing of an answer. Caching, and asking only once for many checks, is the caller's.
final class RemoteEndpoint: Sendable {
    /// Bytes of an answer.
    static let answerBytesMax = 65_536

    private let client: OutboundClient
    private let endpoint: OutboundEndpoint
    private let fields: [OutboundRequest.Field]
    private let deadlineMillis: Int
    private let state = Mutex(RemoteCounters())

    /// - Parameter fields: sent with every request; one may hold our own credentials.
    init(
        client: OutboundClient, endpoint: OutboundEndpoint, fields: [OutboundRequest.Field], deadlineMillis: Int
    ) {
        self.client = client
        self.endpoint = endpoint
        self.fields = fields
        self.deadlineMillis = deadlineMillis
    }

    var counters: RemoteCounters { state.withLock { $0 } }

    /// - Parameters:
    ///   - deadlineMillis: what is left of the check's time; the endpoint's own deadline holds where that is shorter.
    ///   - judge: runs on the outbound thread; gets seconds since 1970.
    ///   - completion: called exactly once, on the outbound thread, or before this returns where it is refused at once.
    func ask<Accepted: Sendable>(
        _ body: [UInt8], deadlineMillis: Int?,
        judge: @escaping @Sendable (RemoteAnswer, Int64) -> RemoteVerdict<Accepted>,
        completion: @escaping @Sendable (RemoteVerdict<Accepted>) -> Void
    ) {
        let millis = min(deadlineMillis ?? self.deadlineMillis, self.deadlineMillis)
        let request = OutboundRequest(
            .post, endpoint, fields: fields, body: body, deadlineMillis: millis,
            answerBytesMax: RemoteEndpoint.answerBytesMax)
        client.send(request) { result in
            let verdict: RemoteVerdict<Accepted>
            switch result {
            case .success(let response):
                verdict = judge(
                    RemoteAnswer(
                        status: response.status, contentType: response.field("content-type"), body: response.body),
                    Clock.wallSeconds)
            case .failure(let fault):
                verdict = .undecidable(.unreached(word: fault.rawValue, description: fault.description))
            }
            self.state.withLock { $0.count(verdict) }
            completion(verdict)
        }
    }
}

/// What an endpoint has been asked, for the metrics.
public struct RemoteCounters: Sendable {
    public var accepted: UInt64 = 0
    public var refused: UInt64 = 0
    /// By the fault's word: a bounded set, because no word comes from outside.
    public var undecidable: [String: UInt64] = [:]

    mutating func count<Accepted>(_ verdict: RemoteVerdict<Accepted>) {
        switch verdict {
        case .accepted: accepted += 1
        case .refused: refused += 1
        case .undecidable(let fault): undecidable[fault.word, default: 0] += 1
        }
    }
}
