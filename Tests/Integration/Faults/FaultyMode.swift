/// `on_failure`, and what it makes of a check through Envoy.
enum FaultyMode: String, CaseIterable, Sendable {
    case local, open, closed, `defer`

    /// The answer while Redis is away; of `local`, its answer to those beyond the share.
    var status: Int {
        switch self {
        case .local: 429
        case .open: 200
        case .closed: 403
        case .defer: 503
        }
    }

    /// /readyz while Redis is away (gate.md 22).
    var readiness: Int { self == .closed || self == .defer ? 503 : 200 }
}
