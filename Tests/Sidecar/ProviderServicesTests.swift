import Synchronization
import Testing

@testable import Sidecar

/// Who hears that an issuer's keys have changed.
@Suite struct ProviderServicesTests {
    private final class Heard: Sendable {
        let indices = Mutex<[Int]>([])
        func note(_ index: Int) { indices.withLock { $0.append(index) } }
        var all: [Int] { indices.withLock { $0 } }
    }

    /// A request explained beside a running server must not take the news from its workers.
    @Test func oneListenerTakesNothingFromAnother() {
        let services = ProviderServices(registry: AuthenticatorRegistry())
        defer { services.close() }
        let (workers, explained) = (Heard(), Heard())
        services.tell { workers.note($0) }
        let listener = services.tell { explained.note($0) }
        services.keysChanged(7)
        services.forget(listener)
        services.keysChanged(8)
        #expect(workers.all == [7, 8])
        #expect(explained.all == [7])
    }
}
