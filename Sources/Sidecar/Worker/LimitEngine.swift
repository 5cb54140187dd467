import Limits
import NIOCore
import RedisStore

/// A worker's way to the limit store. An enum and not an existential, because every check passes here.
enum LimitEngine {
    /// The embedded store, on this worker's own loop.
    case memory(MemoryStore)
    /// The embedded store, on another worker's loop: there is one, or the limits would be per worker.
    case remote(RemoteMemory)
    case redis(RedisLimitStore)

    /// See `LimitStore.spend`.
    func spend(_ spend: Spend, at now: UInt64) -> Bool {
        switch self {
        case .memory(let store): store.spend(spend, at: now)
        case .remote(let store): store.spend(spend, at: now)
        case .redis(let store): store.spend(spend, at: now)
        }
    }

    /// See `LimitStore.perform`.
    func perform(
        _ operation: StoreOperation, under table: LimitTable, at now: UInt64,
        completion: @escaping (StoreAnswer) -> Void
    ) {
        switch self {
        case .memory(let store): store.perform(operation, under: table, at: now, completion: completion)
        case .remote(let store): store.perform(operation, under: table, at: now, completion: completion)
        case .redis(let store): store.perform(operation, under: table, at: now, completion: completion)
        }
    }
}

/// The embedded store as the workers beside its own see it: a message there and a message back.
///
/// The spend is handed over whole: between the two messages only the other loop touches it.
final class RemoteMemory {
    private let store: Handover<MemoryStore>
    private let home: any EventLoop
    private let here: any EventLoop

    init(store: Handover<MemoryStore>, home: any EventLoop, here: any EventLoop) {
        self.store = store
        self.home = home
        self.here = here
    }

    func spend(_ spend: Spend, at now: UInt64) -> Bool {
        let handover = Handover(spend)
        let (store, here) = (store, here)
        home.execute {
            _ = store.value.spend(handover.value, at: now)
            here.execute { handover.value.resolve() }
        }
        return false
    }

    func perform(
        _ operation: StoreOperation, under table: LimitTable, at now: UInt64,
        completion: @escaping (StoreAnswer) -> Void
    ) {
        let (store, here, completion) = (store, here, Handover(completion))
        home.execute {
            store.value.perform(operation, under: table, at: now) { answer in
                here.execute { completion.value(answer) }
            }
        }
    }
}

/// Something that one loop gives to another and does not touch until it comes back.
struct Handover<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}
