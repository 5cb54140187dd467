import Synchronization
import Telemetry

/// What is said of the key store in /metrics. Cold: written a few times a second at most.
final class KeyStoreMetrics: Sendable {
    struct Values: Sendable {
        var standing = KeyStanding.loading
        var known = 0
        var unreadable = 0
        var reads: UInt64 = 0
        var changes: UInt64 = 0
        var losses: UInt64 = 0
        var restored: UInt64 = 0
    }

    private let values = Mutex(Values())

    func update(_ body: (inout Values) -> Void) { values.withLock { body(&$0) } }

    var current: Values { values.withLock { $0 } }

    func write(to text: inout PrometheusText) {
        let values = current
        text.family("postern_stored_keys", "gauge", help: "Texts of stored keys that are known, good or not.")
        text.sample("postern_stored_keys", UInt64(values.known))
        text.family("postern_key_store_current", "gauge", help: "Whether the key store can be asked.")
        text.sample("postern_key_store_current", values.standing == .current ? 1 : 0)
        text.family("postern_key_store_reads_total", "counter", help: "Times the key store was found read to its end.")
        text.sample("postern_key_store_reads_total", values.reads)
        text.family("postern_key_store_changes_total", "counter", help: "Changed keys that were taken in.")
        text.sample("postern_key_store_changes_total", values.changes)
        text.family("postern_key_store_losses_total", "counter", help: "Times the key store could not be asked.")
        text.sample("postern_key_store_losses_total", values.losses)
        text.family("postern_key_store_restored_total", "counter", help: "Keys put back into a store that forgot them.")
        text.sample("postern_key_store_restored_total", values.restored)
        text.family("postern_key_store_unreadable_lines", "gauge", help: "Lines of the key store that are no keys.")
        text.sample("postern_key_store_unreadable_lines", UInt64(values.unreadable))
    }
}
