import Foundation
import Testing

/// Gate rule 2: a path that the agent may read in another way than Postern did must not get through.
///
/// The agent here is the worst there is: `admin` runs if any reading of the raw target leads there, by prefix as it
/// was sent or after decoding, resolving, merging and dropping parameters.
@Suite(.serialized, .needs(.postern, .envoy, .nginx, .caddy))
struct PathTests {
    static let vectors = [
        "/admin/..%2fpublic/x", "/public/..%2fadmin/x", "/public/../admin/x", "/public/./../admin/x",
        "/public/%2e%2e/admin/x", "/public/%2E%2E%2Fadmin/x", "/public/.%2e/admin/x", "/public//../admin/x",
        "//admin/x", "/public/..;/admin/x", "/public/..;a=b/admin/x", "/admin;/x", "/admin;a=b/x", "/%61dmin/x",
        "/admin%2fx", "/admin%2Fx", "/public%2f..%2fadmin/x", "/public/..%5cadmin/x", "/public/..\\admin/x",
        "/public\\..\\admin\\x", "/public/%252e%252e/admin/x", "/public/..%252fadmin/x", "/public/x%00/../../admin",
        "/admin%00/x", "/public/..%c0%af..%c0%afadmin/x", "/public/%ff", "/public/%", "/public/%4", "/public/%zz",
        "/admin/x#/public/y", "/public/x%23/../admin", "/admin/x?/../public/y", "/nginx/../admin/x",
        "/../admin/x", "/../nginx", "/../v1/check", "/public/../../admin/x", "/./admin/x", "/admin/.", "/admin/..",
        "/public/...//admin", "/%2fadmin/x", "/public/%5c..%5cadmin", "/admin//x", "/public/%2e%2e%2e/admin",
    ]

    @Test(arguments: ProxyKind.allCases)
    func noReadingLeadsToAdmin(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind)
        for vector in Self.vectors {
            for key in [[], [("X-API-Key", Gateway.userKey)]] {
                gateway.agent.forget()
                let answer = try gateway.ask("GET", vector, key)
                let ran = gateway.agent.requests.filter { Self.canMeanAdmin($0.target) }
                #expect(ran.isEmpty, "\(vector) reached the agent as \(ran.map(\.target)): \(answer.status)")
            }
        }
    }

    /// The vectors are refused for what they are, not because everything is.
    @Test(arguments: ProxyKind.allCases)
    func plainPathsGetThrough(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind)
        for target in ["/public/x", "/public/a%20b", "/public/caf%C3%A9", "/public/x?path=../admin", "/public/a.b/..c"]
        {
            gateway.agent.forget()
            #expect(try gateway.ask("GET", target).status == 200, "\(target)")
            #expect(gateway.agent.requests.map(\.target) == [target])
        }
        let admin = try gateway.ask("GET", "/admin/x", [("X-API-Key", Gateway.adminKey)])
        #expect(admin.status == 200)
    }

    /// Whether some framework would run the handler of /admin/** for this raw target.
    static func canMeanAdmin(_ target: String) -> Bool {
        let path = String(target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)[0])
        var readings = [path]
        for _ in 0..<2 { readings.append(readings.last!.removingPercentEncoding ?? readings.last!) }
        return readings.contains { reading in
            isAdmin(reading) || isAdmin(resolved(reading, parameters: true))
                || isAdmin(resolved(reading, parameters: false))
        }
    }

    private static func isAdmin(_ path: String) -> Bool {
        let first = path.split(separator: "/").first.map(String.init) ?? ""
        return first.split(whereSeparator: { ";\0#".contains($0) }).first == "admin"
    }

    /// Dots resolved, slashes merged, backslashes turned, and parameters dropped or kept.
    private static func resolved(_ path: String, parameters: Bool) -> String {
        var segments: [Substring] = []
        for segment in path.replacing("\\", with: "/").split(separator: "/") {
            let name = parameters ? segment : segment.prefix { $0 != ";" }
            if name == ".." { _ = segments.popLast() } else if name != "." { segments.append(name) }
        }
        return "/" + segments.joined(separator: "/")
    }
}
