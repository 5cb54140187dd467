import Bytes
import Credentials
import Domain
import Limits
import Policy

/// Settings → Snapshot. What can only be seen by compiling is refused here, with the positions settings kept.
public struct SnapshotCompiler {
    let settings: Settings
    let file: String
    let sha256: SHA256
    var problems: [ConfigurationProblem] = []

    /// - Returns: a Snapshot, or nil and at least one error.
    public static func compile(
        _ settings: Settings, file: String
    ) -> (snapshot: Snapshot?, problems: [ConfigurationProblem]) {
        var compiler = SnapshotCompiler(settings: settings, file: file, sha256: SHA256())
        let snapshot = compiler.compile()
        let failed = compiler.problems.contains { $0.severity == .error }
        return (failed ? nil : snapshot, compiler.problems)
    }

    private mutating func compile() -> Snapshot? {
        var grantTable = GrantTable()
        guard let routes = compileRoutes(into: &grantTable), let limits = compileLimits() else { return nil }
        let keys = compileKeys()
        let authenticator = APIKeyAuthenticator(digests: keys.map(\.digest), validity: keys.map(\.validity))
        let plans = LimitPlans(table: limits)
        let compiler = PrincipalCompiler(settings, grants: grantTable, table: limits, plans: plans)
        let principals = (keys.map(\.principal) + [anonymousPrincipal()]).compactMap { compile($0, by: compiler) }
        guard principals.count == keys.count + 1 else { return nil }
        let credentials = compileCredentials()
        let unmatched: Unmatched = settings.unmatched == .deny ? .deny : .authenticated
        return Snapshot(
            settings: settings.withoutSecrets, authenticator: authenticator, principals: principals,
            credentials: credentials, compiler: compiler, routes: routes, authorizer: Authorizer(unmatched: unmatched),
            limits: limits,
            plans: plans)
    }

    private mutating func compile(_ principal: Principal, by compiler: PrincipalCompiler) -> CompiledPrincipal? {
        if let compiled = compiler.compile(principal, sha256) { return compiled }
        let who = principal.keyID ?? "the anonymous principal"
        fail(.none, "\(who) would spend from more than \(Spend.ownChargesMax) limits at once, which is the most")
        return nil
    }

    mutating func fail(_ position: SourcePosition, _ message: String) {
        problems.append(ConfigurationProblem(.error, file: file, position: position, message: message))
    }

    /// Names a bucket's owner: kind and parts, which NULs keep apart.
    func owner(_ kind: StaticString, _ parts: String...) -> Digest128 {
        BucketOwner.owner(kind, parts, sha256)
    }
}

extension Settings {
    /// These settings for as long as the Snapshot lives: secrets are dropped once they are digests, keys or clients.
    /// Those of `redis` stay, which each worker connects with.
    fileprivate var withoutSecrets: Settings {
        var copy = self
        copy.auth.apiKeys.keys = []
        for index in copy.auth.jwt?.issuers.indices ?? 0..<0 {
            if case .secret? = copy.auth.jwt?.issuers[index].keys {
                copy.auth.jwt?.issuers[index].keys = .secret(Secret([]))
            }
        }
        copy.auth.oauth2?.clientSecret = Secret([])
        copy.admin.token = nil
        copy.audit?.key = nil
        copy.response.assertion?.key = Secret([])
        return copy
    }
}
