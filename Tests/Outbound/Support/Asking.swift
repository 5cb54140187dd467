import Domain
import Glibc
import Outbound
import Synchronization

typealias Answer = Result<OutboundResponse, OutboundFault>

extension OutboundClient {
    /// `send`, for a test that waits.
    func ask(_ request: OutboundRequest) async -> Answer {
        await withCheckedContinuation { continuation in
            send(request) { continuation.resume(returning: $0) }
        }
    }

    func get(_ url: String, caFile: String? = nil, millis: Int = 5_000, bytes: Int = 65_536) async throws -> Answer {
        let endpoint = try OutboundEndpoint(url, caFile: caFile)
        return await ask(OutboundRequest(.get, endpoint, deadlineMillis: millis, answerBytesMax: bytes))
    }
}

extension Answer {
    var fault: OutboundFault? { if case .failure(let fault) = self { fault } else { nil } }
    var response: OutboundResponse? { try? get() }
    var text: String? { response.map { String(decoding: $0.body, as: UTF8.self) } }
}

/// Values that arrive on another thread, in order.
final class Arrivals<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    func append(_ value: Value) { values.withLock { $0.append(value) } }
    var all: [Value] { values.withLock { $0 } }

    /// Waits until the condition holds, up to a minute: long enough for a machine that has other work.
    func wait(until condition: ([Value]) -> Bool) async -> Bool {
        for _ in 0..<6_000 {
            if condition(all) { return true }
            try? await Task.sleep(nanoseconds: 10_000_000)
        }
        return false
    }
}

/// Nanoseconds on the clock that timers are set by.
func monotonicNow() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
