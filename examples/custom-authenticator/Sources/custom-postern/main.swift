import Domain
import Glibc
import Sidecar

/// Judges badges like `badge-7-engineering-31`: a number, a department, and their checksum. A stand-in for whatever
/// your company issued before there were tokens.
struct BadgeAuthenticator: Authenticator {
    let name = "badge"

    func authenticate(_ attempt: AuthenticationAttempt, answer: @escaping @Sendable (AuthenticationAnswer) -> Void) {
        let parts = String(decoding: attempt.credential, as: UTF8.self).split(separator: "-")
        guard parts.count == 4, parts[0] == "badge", let number = Int(parts[1]), let sum = Int(parts[3]),
            sum == checksum(number, parts[2])
        else { return answer(.refused) }
        let badge = Principal(
            method: .none, subject: "badge:\(number)", tenant: String(parts[2]),
            roles: number < 100 ? ["founder"] : ["default"])
        answer(.identified(badge, cacheSeconds: 60))
    }

    private func checksum(_ number: Int, _ department: Substring) -> Int {
        department.utf8.reduce(number) { ($0 * 31 + Int($1)) % 97 }
    }
}

var registry = AuthenticatorRegistry()
registry.register(BadgeAuthenticator())
let path = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "postern.yaml"
exit(PosternServer(configuration: path, registry: registry).run())
