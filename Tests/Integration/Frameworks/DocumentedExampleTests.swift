import Foundation
import Testing

/// The frameworks' own documentation samples, served as they stand but for the addresses of this run.
@Suite(.serialized, .needs(.postern, .python, .frameworks))
struct DocumentedExampleTests {
    /// `dockrion_schema.AuthConfig`'s sample, whose rates and missing `tenant_id` Dockrion itself refuses.
    private static let dockrion = """
        version: '1.0'
        agent: {name: helper, handler: 'agent:handle', framework: custom}
        io_schema: {input: {type: object}, output: {type: object}}
        expose: {rest: true, streaming: sse}
        auth:
          mode: jwt
          jwt:
            jwks_url: '{jwks}'
            issuer: https://auth.company.com/
            audience: my-agent-api
            algorithms: [ES256]
            claims:
              user_id: sub
              roles: permissions
          roles:
            - name: admin
              permissions: [invoke, view_metrics, deploy]
            - name: operator
              permissions: [invoke, view_metrics]
          rate_limits:
            admin: "1000/hour"
            operator: "2/minute"

        """

    @Test func dockrionsRolesRatesAndClaims() throws {
        let scratch = try ScratchFolder()
        let keys = try FrameworkKeys(scratch: scratch)
        let defaults: [String: Any] = [
            "alg": "ES256", "key": "good", "header": ["kid": "{kid}"], "seconds": ["iat": 0, "exp": 600],
            "claims": ["iss": "https://auth.company.com/", "aud": "my-agent-api"],
        ]
        let orders = ["admin", "operator", "guest"].map { ["claims": ["sub": $0, "permissions": [$0]]] }
        let tokens = try keys.tokens(orders, defaults: defaults)
        let file = try scratch.write(keys.filled(Self.dockrion), to: "Dockfile.yaml")
        let postern = try FrameworkPostern(file, environment: [:], scratch: scratch)
        func invoke(_ token: String) throws -> HTTPAnswer {
            try HTTPClient.once(port: postern.port, "POST", "/envoy/invoke", [("Authorization", "Bearer \(token)")])
        }
        let admin = try invoke(tokens[0])
        #expect(admin.status == 200)
        #expect(admin["X-Auth-Roles"] == "admin")
        #expect(admin["X-RateLimit-Limit"] == "1000")
        #expect(try (0..<3).map { _ in try invoke(tokens[1]).status } == [200, 200, 429])
        #expect(FrameworkKind.dockrion.outcome(try invoke(tokens[2])) == "403 INSUFFICIENT_PERMISSIONS")
    }

    /// The file that the framework will not start from.
    @Test func dockrionRefusesItsOwnSample() throws {
        let scratch = try ScratchFolder()
        let keys = try FrameworkKeys(scratch: scratch)
        let failure = #expect(throws: HarnessFailure.self) {
            try Framework(.dockrion, keys.filled(Self.dockrion), environment: [:], scratch: scratch)
        }
        #expect("\(String(describing: failure))".contains("number/unit"))
    }
}
