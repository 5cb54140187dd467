import Credentials
import Logging
import Telemetry

/// What came of looking at secrets: counters for the metrics, and one line for the log when a store goes away and when
/// it is back. Which secret it is about is told by the scheme alone: a reference may name more than a log should know.
struct SecretReport: Sendable {
    struct Line {
        var level: Logger.Level
        var message: String
        var metadata: Logger.Metadata
    }

    /// Secrets in use that came from stores.
    var kept = 0
    var unchanged: UInt64 = 0
    var changed: UInt64 = 0
    var failed: UInt64 = 0
    /// The last fault of each store in use.
    private var faults: [SecretStore: String] = [:]

    /// So many secrets are in use, of these stores alone.
    mutating func keep(_ count: Int, of stores: Set<SecretStore>) {
        kept = count
        faults = faults.filter { stores.contains($0.key) }
    }

    /// What a round of answers changed, and remembers it.
    mutating func changes(_ answers: [SecretRequest: Result<[UInt8], SecretFault>]) -> [Line] {
        var lines: [Line] = []
        for (store, group) in Dictionary(grouping: answers, by: \.key.store) {
            let found = group.compactMap { entry -> SecretFault? in
                if case .failure(let fault) = entry.value { fault } else { nil }
            }
            // Of several the same each time, or every round would be a change.
            let fault = found.min { $0.word < $1.word }
            let before = faults[store]
            faults[store] = fault?.word
            guard before != fault?.word else { continue }
            var metadata: Logger.Metadata = ["store": .string(store.scheme.rawValue)]
            if let fault {
                metadata["fault"] = .string(fault.word)
                metadata["cause"] = .string("the secret \(fault.words)")
                metadata["secrets"] = .string("\(found.count) of \(group.count)")
                lines.append(Line(level: .warning, message: "secret store fails", metadata: metadata))
            } else {
                lines.append(Line(level: .notice, message: "secret store is back", metadata: metadata))
            }
        }
        return lines
    }

    func write(to text: inout PrometheusText) {
        guard kept > 0 else { return }
        text.family("postern_secrets", "gauge", help: "Secrets in use that came from secret stores.")
        text.sample("postern_secrets", UInt64(kept))
        let name: StaticString = "postern_secret_refreshes_total"
        text.family(name, "counter", help: "Looks at a secret in its store, by outcome.")
        text.sample(name, labels: "outcome=\"unchanged\"", unchanged)
        text.sample(name, labels: "outcome=\"changed\"", changed)
        text.sample(name, labels: "outcome=\"failed\"", failed)
        text.family("postern_secret_stores_failing", "gauge", help: "Secret stores whose last look failed.")
        text.sample("postern_secret_stores_failing", UInt64(faults.count))
    }
}
