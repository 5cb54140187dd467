import Configuration
import Domain
import Limits
import RedisStore

/// How a worker's limit store is, for /readyz.
struct StoreState: Sendable {
    var name: String
    var cause: String?
    var warnings: [String] = []
    /// 0 up, 1 connecting, 2 down: of several workers' states the worst is shown.
    var severity = 0
    /// Down, and checks are refused or deferred for it.
    var isBlocking = false

    static let memory = StoreState(name: "memory")
}

extension Worker {
    var storeState: StoreState {
        guard case .redis(let store) = store else { return .memory }
        let mode = gate.snapshot.settings.redis?.onFailure ?? .local
        let blocks = mode == .closed || mode == .defer
        var state = StoreState(name: "redis up")
        switch store.health {
        case .up: break
        case .connecting: state = StoreState(name: "redis connecting", severity: 1, isBlocking: blocks)
        case .down(_, let reason):
            state = StoreState(name: "redis down", cause: reason.rawValue, severity: 2, isBlocking: blocks)
        }
        state.warnings = store.warnings.map(\.rawValue)
        return state
    }

    /// Counters of the store; nil where it is in memory on another worker's loop.
    var storeCounters: StoreCounters {
        switch store {
        case .memory(let store): .memory(buckets: store.count, lossyEvictions: store.lossyEvictions)
        case .remote: .none
        case .redis(let store): .redis(store.counters)
        }
    }
}

enum StoreCounters: Sendable {
    case none
    case memory(buckets: Int, lossyEvictions: UInt64)
    case redis(RedisCounters)
}
