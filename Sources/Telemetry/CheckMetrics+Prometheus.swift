import Domain

extension PrometheusText {
    /// The families that come from workers' counters.
    public mutating func write(_ metrics: CheckMetrics) {
        writeChecks(metrics)
        family("postern_check_duration_seconds", "histogram", help: "From a request's last byte to its answer.")
        histogram("postern_check_duration_seconds", metrics.duration)
        writeLimits(metrics.limits)
        family("postern_connections", "gauge", help: "Open connections on the check port.")
        sample("postern_connections", signed: metrics.connectionsOpen)
        family("postern_connections_opened_total", "counter", help: "Connections accepted on the check port.")
        sample("postern_connections_opened_total", metrics.connectionsOpened)
        family("postern_connections_refused_total", "counter", help: "Connections beyond bounds.connections.")
        sample("postern_connections_refused_total", metrics.connectionsRefused)
        family("postern_unknown_addresses_total", "counter", help: "Checks whose client address no proxy named.")
        sample("postern_unknown_addresses_total", metrics.unknownAddresses)
        family("postern_log_suppressed_total", "counter", help: "Denials beyond the log's rate, counted only.")
        sample("postern_log_suppressed_total", metrics.suppressedLogLines)
    }

    private mutating func writeChecks(_ metrics: CheckMetrics) {
        family("postern_checks_total", "counter", help: "Checks answered, by decision, reason and dialect.")
        let dialects = Dialect.allCases.map(Optional.some) + [nil]
        for dialect in dialects {
            let word = dialect.map { "\($0.name)" } ?? "unknown"
            let allowed = metrics.count(.allow, dialect: dialect)
            if allowed > 0 || dialect != nil {
                let labels = "decision=\"allow\",reason=\"none\",dialect=\"\(word)\""
                sample("postern_checks_total", labels: labels, allowed)
            }
            for reason in DenyReason.allCases {
                let count = metrics.count(.deny(reason), dialect: dialect)
                guard count > 0 else { continue }
                let labels = "decision=\"deny\",reason=\"\(reason.name)\",dialect=\"\(word)\""
                sample("postern_checks_total", labels: labels, count)
            }
        }
    }

    private mutating func writeLimits(_ limits: LimitMetrics) {
        family("postern_limit_decisions_total", "counter", help: "What each limit said, by limit and outcome.")
        for (slot, name) in limits.names.enumerated() {
            for outcome in LimitOutcome.allCases {
                let labels = "limit=\"\(name)\",outcome=\"\(outcome.name)\""
                sample("postern_limit_decisions_total", labels: labels, limits.count(slot, outcome))
            }
        }
    }
}
