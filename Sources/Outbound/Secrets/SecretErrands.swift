import Credentials
import Glibc
import Synchronization

/// Asking and waiting, for the one thread that fetches secrets; never for an event loop.
struct SecretErrands: ~Copyable {
    /// Bytes of an answer: the largest secret in base64, and what is around it.
    static let answerBytesMax = 131_072
    /// One question's share of a round's time.
    static let questionMillisMax = 5_000
    /// Bytes of a file with our own credentials.
    static let fileBytesMax = 65_536

    private let client: OutboundClient
    /// When the round ends, on the monotonic clock.
    let deadline: UInt64

    init(client: OutboundClient, deadline: UInt64) {
        self.client = client
        self.deadline = deadline
    }

    /// Seconds since 1970.
    var now: Int64 { Clock.wallSeconds }

    var millisLeft: Int {
        let now = Clock.monotonic
        return now < deadline ? Int((deadline - now) / 1_000_000) : 0
    }

    func ask(_ request: OutboundRequest) throws(SecretFault) -> OutboundResponse {
        try askAll([request])[0].get()
    }

    /// All at once; the answers in the order of the questions.
    func askAll(_ requests: [OutboundRequest]) -> [Result<OutboundResponse, SecretFault>] {
        let answers = AnswerBox(count: requests.count)
        for (index, request) in requests.enumerated() {
            var request = request
            request.deadlineMillis = max(1, min(millisLeft, SecretErrands.questionMillisMax))
            request.answerBytesMax = SecretErrands.answerBytesMax
            client.send(request) { result in
                answers.put(
                    result.mapError { .unreached(word: $0.rawValue, description: $0.description) }, at: index)
            }
        }
        return answers.wait()
    }

    /// A file we show ourselves by, without blanks around its content.
    func file(_ path: String) throws(SecretFault) -> String {
        guard let handle = fopen(path, "re") else { throw .fileUnreadable }
        defer { fclose(handle) }
        var bytes = [UInt8](repeating: 0, count: SecretErrands.fileBytesMax + 1)
        let count = fread(&bytes, 1, bytes.count, handle)
        guard ferror(handle) == 0, count > 0, count <= SecretErrands.fileBytesMax else { throw .fileUnreadable }
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        let content = bytes[..<count].drop(while: isBlank)
        guard let end = content.lastIndex(where: { !isBlank($0) }),
            let text = String(validating: content[...end], as: UTF8.self)
        else { throw .fileMalformed }
        return text
    }
}

/// Where answers gather until all are there. The client calls every completion exactly once, by its deadline, so
/// waiting ends.
private final class AnswerBox: Sendable {
    private let answers: Mutex<[Result<OutboundResponse, SecretFault>?]>
    private let arrived = CountingSignal()

    init(count: Int) { answers = Mutex(Array(repeating: nil, count: count)) }

    func put(_ answer: Result<OutboundResponse, SecretFault>, at index: Int) {
        answers.withLock { $0[index] = answer }
        arrived.post()
    }

    func wait() -> [Result<OutboundResponse, SecretFault>] {
        for _ in 0..<answers.withLock({ $0.count }) { arrived.wait() }
        return answers.withLock { $0.compactMap { $0 } }
    }
}

/// A semaphore, which a thread outside of event loops may wait for.
public final class CountingSignal: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    public init() {
        let status = sem_init(semaphore, 0, 0)
        precondition(status == 0, "the system has no semaphore left")
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    public func post() { sem_post(semaphore) }

    public func wait() { while sem_wait(semaphore) != 0 {} }

    /// - Returns: false where nobody posted in time.
    public func wait(milliseconds: Int) -> Bool {
        var moment = timespec()
        clock_gettime(CLOCK_REALTIME, &moment)
        moment.tv_sec += milliseconds / 1_000
        moment.tv_nsec += milliseconds % 1_000 * 1_000_000
        if moment.tv_nsec >= 1_000_000_000 {
            moment.tv_sec += 1
            moment.tv_nsec -= 1_000_000_000
        }
        while sem_timedwait(semaphore, &moment) != 0 {
            if errno != EINTR { return false }
        }
        return true
    }
}
