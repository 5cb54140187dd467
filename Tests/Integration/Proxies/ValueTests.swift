import Foundation
import Testing

/// Gate rules 15 and 19: values that a header cannot carry as they are, and clients that read no problem document.
@Suite(.serialized, .needs(.postern, .envoy, .nginx, .caddy))
struct ValueTests {
    static let permissions = (0..<90).map { "permission-number-\($0)-of-many" }

    static func policy(permissions: [String]) -> String {
        """
        auth:
          mode: api_key
          api_keys:
            keys:
              - id: zoe-key
                key: \(Gateway.userKey)
                subject: "zoë"
                name: "Zoë {http.request.host}, 100%"
                scopes: [a%b, c]
                roles: [many]
          roles:
            - {name: many, permissions: [\(permissions.joined(separator: ", "))]}
        """
    }

    @Test(arguments: ProxyKind.allCases)
    func valuesArriveEncodedAndWhole(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind, configuration: Self.policy(permissions: Self.permissions))
        let answer = try gateway.ask("GET", "/a", [("X-API-Key", Gateway.userKey)])
        #expect(answer.status == 200)
        let request = try #require(gateway.agent.requests.first)
        #expect(request.all("X-Auth-User-Id") == ["zo%C3%AB"])
        #expect(request.all("X-Auth-Name").first?.removingPercentEncoding == "Zoë {http.request.host}, 100%")
        #expect(request.all("X-Auth-Scopes") == ["a%25b,c"])
        let arrived = request.all("X-Auth-Permissions").joined().split(separator: ",").map(String.init)
        #expect(Set(arrived) == Set(Self.permissions))
    }

    /// More than 3 KiB of identity is a denial that names its cause, and not some proxy's 500.
    @Test(arguments: ProxyKind.allCases)
    func tooMuchIdentityIsADenial(_ kind: ProxyKind) throws {
        let gateway = try Gateway(
            kind, configuration: Self.policy(permissions: Self.permissions.flatMap { ["\($0)-a", "\($0)-b"] }))
        let answer = try gateway.ask("GET", "/a", [("X-API-Key", Gateway.userKey)])
        #expect(answer.status == 403)
        #expect(answer.json["reason"] as? String == "identity_too_large")
        #expect(gateway.agent.requests.isEmpty)
    }

    /// A bare 429 reads as UNAVAILABLE to a gRPC client, which tries again at once.
    @Test func grpcClientsReadTheirOwnStatus() throws {
        let gateway = try Gateway(.envoy)
        let grpc: HTTPClient.Header = ("Content-Type", "application/grpc")
        func status(_ target: String, _ headers: [HTTPClient.Header]) throws -> String? {
            try gateway.ask("POST", target, headers + [grpc])["grpc-status"]
        }
        #expect(try status("/invoke/a", []) == "16")
        #expect(try status("/admin/a", [("X-API-Key", Gateway.userKey)]) == "7")
        let limited: HTTPClient.Header = ("X-API-Key", Gateway.limitedKey)
        for _ in 0..<Gateway.limitedBurst { #expect(try gateway.ask("GET", "/invoke/a", [limited]).status == 200) }
        #expect(try status("/invoke/a", [limited]) == "8")
        #expect(gateway.agent.requests.count == Gateway.limitedBurst)
    }
}
