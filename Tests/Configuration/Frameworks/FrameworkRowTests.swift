import Configuration
import Credentials
import Domain
import Testing

/// A row of docs/frameworks.md, and a file that shows what it says of Postern.
struct FrameworkRow: CustomTestStringConvertible, Sendable {
    let id: String
    let file: String
    /// A problem it is told of; empty where it says nothing of it.
    let says: String
    /// Nil where the file must not load.
    let holds: (@Sendable (Settings) -> Bool)?

    var testDescription: String { id }

    static func refused(_ id: String, _ file: String, _ says: String) -> FrameworkRow {
        FrameworkRow(id: id, file: file, says: says, holds: nil)
    }

    static func loads(
        _ id: String, _ file: String, says: String = "", _ holds: @escaping @Sendable (Settings) -> Bool
    ) -> FrameworkRow {
        FrameworkRow(id: id, file: file, says: says, holds: holds)
    }
}

@Suite struct FrameworkRowTests {
    @Test(arguments: dockrionRows + gatewayRows + agentFlowRows)
    func aRowIsTrue(_ row: FrameworkRow) {
        let loaded = loaded(row.file, rowEnvironment)
        #expect(loaded.said.contains(row.says) || row.says.isEmpty, "\(loaded.said)")
        guard let holds = row.holds else { return #expect(loaded.settings == nil) }
        #expect(loaded.settings.map(holds) == true, "\(loaded.said)")
    }

    @Test func everyRowHasATest() {
        let page = Files.page("frameworks.md")
        let ids = page.split(separator: "\n").compactMap { line -> String? in
            let cell = line.split(separator: "|").first.map { $0.filter { $0 != " " } } ?? ""
            return ["DK", "AG", "AF"].contains(where: cell.hasPrefix) ? String(cell) : nil
        }
        #expect(ids.count > 40)
        #expect(ids == (dockrionRows + gatewayRows + agentFlowRows).map(\.id))
    }
}

private let rowEnvironment = FrameworkExample.environment.merging([
    "BLANK_A": "", "BLANK_B": "x", "OLD_": "0123456789abcdef", "ID": "me", "SECRET": "mine",
]) { $1 }

private func dockrion(_ auth: String) -> String { FrameworkExample.dockrionHead + auth + "\n" }

private let dockrionRows: [FrameworkRow] = [
    .loads("DK1", dockrion("auth: {rate_limits: {default: 1000/hour}}")) { $0.auth.rateLimits[0].quota.burst == 1_000 },
    .loads("DK2", dockrion("auth: {roles: [{name: default, permissions: [invoke]}], rate_limits: {default: 1/m}}")) {
        $0.routes.contains { $0.path == "/invoke" && $0.permissions == ["invoke"] } && $0.auth.rateLimits.count == 1
    },
    .loads("DK3", dockrion("auth: {mode: jwt, jwt: {jwks_url: 'https://i/k', claims: {roles: r}}}")) {
        $0.auth.jwt?.issuers[0].claims.tenantID == "tenant_id"
    },
    .loads("DK4", dockrion("auth: {api_keys: {prefix: TEAM_}}")) {
        $0.auth.apiKeys.keys.allSatisfy { $0.roles == ["default"] } && $0.auth.roles[0].permissions == ["invoke"]
    },
    .loads("DK5", dockrion("auth: {strict: true, roles: [{name: default, permissions: [invoke]}]}")) {
        $0.routes.contains { $0.path == "/metrics" && $0.permissions == ["view_metrics"] }
    },
    .loads(
        "DK6",
        dockrion(
            "auth: {mode: oauth2, oauth2: {introspection_url: 'https://i', "
                + "client_id_env: ID, client_secret_env: SECRET}}"
        )
    ) { $0.auth.mode == .single(.oauth2) },
    .refused("DK7", dockrion("auth: {api_keys: {env_var: NO_SUCH_KEY}}"), "NO_SUCH_KEY is not set"),
    .refused("DK8", dockrion("auth: {api_keys: {enabled: false}}"), "write `mode: none`"),
    .loads("DK9", dockrion("auth: {api_keys: {rotation_days: 30}}"), says: "`rotation_days` has no effect") { _ in true
    },
    .refused("DK10", dockrion(""), "`auth` is missing"),
    .loads("DK11", dockrion("auth: {api_keys: {env_var: OPS_KEY}}")) { $0.auth.apiKeys.keys.count == 1 },
    .refused("DK12", dockrion("auth: {api_keys: {header: Authorization}}"), "`allow_bearer` reads a key from there"),
    .refused("DK13", dockrion("auth: {mode: jwt, jwt: {public_key_env: PEM, algorithms: [RS256, HS256]}}"), "HS256"),
    .refused("DK14", dockrion("auth: {api_keys: {prefix: BLANK_}}"), "BLANK_A is empty"),
    .refused("DK15", dockrion("auth: {roles: [{name: a, permissions: [depoy]}]}"), "did you mean `deploy`?"),
    .loads("DK16", dockrion("auth: {mode: jwt, jwt: {issuer: 'https://i/'}}")) {
        $0.auth.jwt?.issuers[0].keys == .discovery(issuer: "https://i/")
    },
]

private func gateway(_ auth: String, _ rest: String = "") -> String { "server: {}\nauth: \(auth)\n\(rest)\n" }
private let gatewayKey = "{api_keys: [{name: a, key: \"${OPS_KEY}\"}]}"
private let gatewayIssuer = "{mode: oauth2, oauth2: {issuer: 'https://i', audience: a}}"

private let gatewayRows: [FrameworkRow] = [
    .refused("AG1", gateway("{mode: apikey}"), "did you mean `api_key`?"),
    .loads("AG2", gateway(gatewayKey, "rate_limit: {enabled: true}")) { $0.limits.map(\.per) == [.address] },
    .loads("AG3", gateway(gatewayKey)) { $0.unmatched == .authenticated },
    .loads("AG4", gateway(gatewayKey)) { $0.auth.apiKeys.keys.map(\.id) == ["a"] },
    .refused("AG5", gateway("{mode: custom}"), "which Postern cannot run"),
    .loads("AG6", gateway(gatewayKey, "cors: {enabled: true}")) { $0.preflight == .allow },
    .loads("AG7", gateway(gatewayKey)) { settings in
        settings.routes.contains { $0.path == "/v1/agents/*/invoke" && $0.scopeSegment == 3 }
    },
    .refused("AG8", gateway("{public_paths: ['/v1/*'], api_keys: [{name: a, key: \"${OPS_KEY}\"}]}"), "not a pattern"),
    .loads("AG9", gateway(gatewayKey)) { $0.auth.apiKeys.header == "X-API-Key" && $0.auth.apiKeys.allowBearer },
    .loads("AG10", gateway("{api_keys: [{name: a, key: \"${NOPE:-0123456789abcdef}\"}]}")) {
        $0.auth.apiKeys.keys[0].material == .plain(Secret(Array("0123456789abcdef".utf8)))
    },
    .refused(
        "AG11", gateway("{api_keys: [{name: a, key: \"${OPS_KEY}\"}, {name: b, key: \"${OPS_KEY}\"}]}"), "same value"),
    .loads("AG12", gateway(gatewayIssuer)) { $0.auth.jwt?.issuers[0].requiredClaims.isEmpty == true },
    .loads("AG13", gateway(gatewayKey)) { settings in !settings.routes.contains { $0.isPublic && $0.path == "/**" } },
    .refused(
        "AG14", gateway(gatewayKey, "proxy: {trust_forwarded: true, forwarded_allow_ips: '*'}"), "name your proxies"),
    .refused(
        "AG15", gateway("{mode: oauth2, oauth2: {issuer: 'https://i', audience: a, clock_skew_seconds: 301}}"),
        "`leeway_seconds` must be a whole number from 0 to 300"),
]

private func agentFlow(_ members: String) -> String { "{\"agent\": \"a:b\", \(members)}\n" }
private func limited(_ members: String) -> String { agentFlow("\"auth\": \"jwt\", \"rate_limit\": {\(members)}") }

private let agentFlowRows: [FrameworkRow] = [
    .refused("AF1", agentFlow("\"authh\": \"jwt\""), "`auth` is missing"),
    .refused("AF2", agentFlow("\"auth\": \"notjwt\""), "`auth` must be one of jwt"),
    .refused("AF3", agentFlow("\"auth\": {\"method\": \"custom\", \"path\": \"a:B\"}"), "which Postern cannot run"),
    .loads("AF4", limited("\"backend\": \"redis\", \"redis\": \"redis://r\"")) { $0.redis?.onFailure == .open },
    .loads("AF5", agentFlow("\"auth\": \"jwt\"")) {
        $0.auth.jwt?.issuers[0].claims.scopes == "scopes" && $0.auth.jwt?.issuers[0].defaultScopes == ["*"]
    },
    .loads("AF6", limited("")) { $0.limits[0].quota == Quota(tokens: 100, period: 60_000_000, burst: 100) },
    .loads("AF7", agentFlow("\"auth\": \"jwt\"")) { $0.auth.jwt?.issuers.count == 1 },
    .loads("AF8", agentFlow("\"auth\": \"jwt\", \"authorization\": \"ownership\"")) { $0.auth.roles.isEmpty },
    .loads("AF9", limited("\"backend\": \"memory\"")) { $0.redis == nil && $0.limits.count == 1 },
    .loads(
        "AF10",
        limited(
            "\"trusted_proxy_headers\": true, \"trusted_proxy_hops\": 2, \"trusted_proxies\": [\"10.0.0.0/8\"]"),
        says: "1:79: warning: `trusted_proxy_hops` has no effect: name the networks of all 2 proxies"
    ) { $0.trustedProxies.count == 3 },
    .loads("AF11", agentFlow("\"auth\": \"jwt\", \"env\": \".no-such-file\"")) { $0.auth.jwt != nil },
    .refused("AF12", agentFlow("\"auth\": \"jwt\", \"auth\": null"), "is here twice"),
    .loads(
        "AF13",
        agentFlow(
            "\"auth\": \"jwt\", \"authorization\": {\"backend\": \"rbac\", "
                + "\"roles\": {\"a\": [\"*\"], \"b\": [\"x:y\"]}}"
        ),
        says: "no endpoint asks for this scope"
    ) { $0.auth.roles[0].permissions.count == 15 },
    .loads("AF14", agentFlow("\"auth\": \"jwt\", \"authorization\": \"mine:Backend\"")) { settings in
        settings.routes.contains { $0.scopes == ["graph:invoke"] }
    },
    .loads("AF15", limited("\"requests\": 3")) { $0.limits.count == 1 && $0.limits[0].quota.burst == 3 },
    .loads(
        "AF16", agentFlow("\"auth\": \"jwt\", \"websocket\": {\"max_connections\": 5, \"max_conections\": 5}"),
        says: "warning: `max_connections` is left to the agent"
    ) { $0.limits.isEmpty },
    .loads("AF17", agentFlow("\"auth\": \"jwt\"")) { $0.response.errors == .agentflow },
]
