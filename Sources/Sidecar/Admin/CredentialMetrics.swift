import Credentials
import Outbound
import Telemetry

/// What workers and providers have done about credentials.
struct CredentialMetrics: Sendable {
    var counters = AuthenticationCounters()
    var failures: UInt64 = 0
    var remembered = 0
    var undecidedAuthorizations: UInt64 = 0
    var assertionsSigned: UInt64 = 0

    static func write(_ shards: [CredentialMetrics], _ services: ProviderServices, to text: inout PrometheusText) {
        var all = CredentialMetrics()
        for shard in shards { all.add(shard) }
        writeWork(all, to: &text)
        text.family(
            "postern_credentials_remembered", "gauge", help: "Good credentials that workers remember.")
        text.sample("postern_credentials_remembered", UInt64(all.remembered))
        text.family(
            "postern_credential_failures_total", "counter", help: "Bad credentials that took cold work to find out.")
        text.sample("postern_credential_failures_total", all.failures)
        text.family(
            "postern_authorization_undecided_total", "counter",
            help: "Requests that the authorization service gave no answer for.")
        text.sample("postern_authorization_undecided_total", all.undecidedAuthorizations)
        text.family("postern_assertions_signed_total", "counter", help: "Signed identities (X-Auth-Assertion) made.")
        text.sample("postern_assertions_signed_total", all.assertionsSigned)
        writeKeySets(services.keySets, to: &text)
        services.secrets?.report.write(to: &text)
    }

    private static func writeWork(_ all: CredentialMetrics, to text: inout PrometheusText) {
        let name: StaticString = "postern_credential_checks_total"
        text.family(name, "counter", help: "What credentials other than listed keys took, by outcome.")
        text.sample(name, labels: "outcome=\"remembered\"", all.counters.cacheHits)
        text.sample(name, labels: "outcome=\"remembered_refusal\"", all.counters.refusedCacheHits)
        text.sample(name, labels: "outcome=\"verified\"", all.counters.verifications)
        text.sample(name, labels: "outcome=\"waited\"", all.counters.waited)
        text.sample(name, labels: "outcome=\"throttled\"", all.counters.throttled)
        text.sample(name, labels: "outcome=\"unthrottled\"", all.counters.unthrottled)
        text.sample(name, labels: "outcome=\"full\"", all.counters.full)
        text.sample(name, labels: "outcome=\"undecidable\"", all.counters.undecidable)
    }

    /// By issuer: its position among the fetched ones, because a URL may hold what a label must not.
    private static func writeKeySets(_ sources: [KeySetSource], to text: inout PrometheusText) {
        guard !sources.isEmpty else { return }
        text.family("postern_jwks_requests_total", "counter", help: "Requests for an issuer's keys.")
        for source in sources {
            text.sample(
                "postern_jwks_requests_total", labels: "issuer=\"\(source.index)\"",
                source.counters.keySetRequests)
        }
        text.family("postern_jwks_failures_total", "counter", help: "Fetches of an issuer's keys that failed.")
        for source in sources {
            text.sample(
                "postern_jwks_failures_total", labels: "issuer=\"\(source.index)\"", source.counters.failed)
        }
        text.family("postern_jwks_keys", "gauge", help: "Keys of an issuer that are in use; 0 makes it undecidable.")
        for source in sources {
            text.sample(
                "postern_jwks_keys", labels: "issuer=\"\(source.index)\"",
                UInt64(source.snapshot.keys?.keys.count ?? 0))
        }
    }

    private mutating func add(_ other: CredentialMetrics) {
        counters.add(other.counters)
        failures &+= other.failures
        remembered += other.remembered
        undecidedAuthorizations &+= other.undecidedAuthorizations
        assertionsSigned &+= other.assertionsSigned
    }
}

extension Worker {
    var credentialMetrics: CredentialMetrics {
        CredentialMetrics(
            counters: authentication.counters, failures: authentication.throttle.failures,
            remembered: authentication.verified.count, undecidedAuthorizations: authorization.undecided,
            assertionsSigned: encoder.assertions.signed)
    }
}
