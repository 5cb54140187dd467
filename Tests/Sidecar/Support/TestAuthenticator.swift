import Domain
import Sidecar
import Synchronization

/// An authenticator compiled in that answers when the test says so, or at once if it was told what.
final class TestAuthenticator: Authenticator {
    private struct State {
        var attempts: [AuthenticationAttempt] = []
        var unanswered: [@Sendable (AuthenticationAnswer) -> Void] = []
        var standing: AuthenticationAnswer?
    }

    let name: String
    private let state: Mutex<State>

    init(_ name: String = "vouch", always standing: AuthenticationAnswer? = nil) {
        self.name = name
        state = Mutex(State(standing: standing))
    }

    var attempts: [AuthenticationAttempt] { state.withLock { $0.attempts } }

    func authenticate(_ attempt: AuthenticationAttempt, answer: @escaping @Sendable (AuthenticationAnswer) -> Void) {
        let standing = state.withLock { state in
            state.attempts.append(attempt)
            if state.standing == nil { state.unanswered.append(answer) }
            return state.standing
        }
        if let standing { answer(standing) }
    }

    /// Answers everything that was asked and is still open.
    func answer(_ answer: AuthenticationAnswer) {
        let waiting = state.withLock { state in
            defer { state.unanswered = [] }
            return state.unanswered
        }
        for reply in waiting { reply(answer) }
    }

    static func identified(
        _ subject: String = "bob", roles: [String] = ["user"], expiresAt: Int64? = nil, cacheSeconds: Int64 = 60
    ) -> AuthenticationAnswer {
        let principal = Principal(
            method: AuthenticationMethod(rawValue: "ignored"), subject: subject, roles: roles, expiresAt: expiresAt)
        return .identified(principal, cacheSeconds: cacheSeconds)
    }

    /// It alone, or beside others.
    static func yaml(mode: String = "vouch", auth: [String] = [], rest: String = "") -> String {
        """
        trusted_proxies: [loopback]
        auth:
          mode: \(mode)
          public_paths: [/health]
          \((auth + ["realm: postern"]).joined(separator: "\n  "))
          roles: [{name: user, permissions: [invoke]}]
          rate_limits: {user: 3/hour, default: 50/hour}
        routes:
          - {path: /invoke, permissions: [invoke]}
          - {path: /any}
        \(rest)
        """
    }
}
