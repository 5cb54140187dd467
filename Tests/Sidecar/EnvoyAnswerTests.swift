import Bytes
import Configuration
import Domain
import Testing

@testable import Sidecar

@Suite struct EnvoyAnswerTests {
    @Test func allowsWithIdentityAndLimits() throws {
        let answer = try CheckPort().ask("POST /envoy/invoke?x=1", [CheckPort.key, "X-Forwarded-For: 203.0.113.9"])
        #expect(answer.status == 200)
        #expect(answer["X-Auth-User-Id"] == "u1")
        #expect(answer["X-Auth-Roles"] == "user")
        #expect(answer["X-Auth-Tenant-Id"] == "acme")
        #expect(answer["X-Auth-Method"] == "api_key")
        #expect(answer["RateLimit-Policy"] == "\"role:user\";q=3;w=3600, \"address\";q=100;w=3600")
        #expect(answer["RateLimit"]?.hasPrefix("\"role:user\";r=2;t=1200, \"address\";r=99;t=36") == true)
        #expect(answer["X-RateLimit-Limit"] == "3")
        #expect(answer["X-RateLimit-Remaining"] == "2")
        #expect(answer["X-RateLimit-Reset"] == "1200")
        #expect(answer["Cache-Control"] == "no-store")
        #expect(answer["Content-Length"] == "0")
    }

    /// Removal wins in Envoy: a header that is set must not be removed, and one that is not set must be.
    @Test func setsOrRemovesEachIdentityHeaderAndNeverBoth() throws {
        let answer = try CheckPort().ask("GET /envoy/invoke", [CheckPort.key])
        let removed = answer.list("x-envoy-auth-headers-to-remove").map { $0.lowercased() }
        for name in [
            "User-Id", "Email", "Name", "Roles", "Permissions", "Scopes", "Tenant-Id", "Method", "Key-Id", "Issuer",
            "Expires",
        ] {
            let header = "x-auth-\(name.lowercased())"
            #expect((answer[header] != nil) != removed.contains(header), "\(header)")
            #expect(removed.contains(header.replacing("-", with: "_")), "\(header)'s twin")
        }
        #expect(removed.contains("x-api-key"))
        #expect(removed.contains("x_api_key"))
        #expect(!removed.contains("authorization"))
    }

    @Test func removesABearerThatWasJudgedAndOneBesideAKey() throws {
        let port = try CheckPort()
        let judged = try port.ask("GET /envoy/invoke", ["Authorization: bearer admin-key-0123456789"])
        #expect(judged.status == 200)
        #expect(judged.list("x-envoy-auth-headers-to-remove").contains("authorization"))
        let beside = try port.ask("GET /envoy/invoke", [CheckPort.adminKey, "Authorization: Bearer whatever"])
        #expect(beside.status == 200)
        #expect(beside.list("x-envoy-auth-headers-to-remove").contains("authorization"))
    }

    /// On a public path a bad credential is anonymous, and still nothing the agent may see.
    @Test func removesWhatWasAmbiguousToo() throws {
        let two = ["Authorization: Bearer a-first-0123456789", "Authorization: Bearer b-other-0123456789"]
        let answer = try CheckPort().ask("GET /envoy/health", two)
        #expect(answer.status == 200)
        #expect(answer.list("x-envoy-auth-headers-to-remove").contains("authorization"))
    }

    @Test func encodesValuesSoThatListsCanBeTakenApart() throws {
        let answer = try CheckPort().ask("GET /envoy/admin/x", [CheckPort.adminKey])
        #expect(answer["X-Auth-Permissions"] == "invoke,deploy")
        #expect(answer["X-Auth-Email"] == "a%25b,c@example.com")
        let odd = Principal(method: .apiKey, subject: "é\r\nX: y", roles: ["a,b", "c"])
        #expect(Self.value(.userID, of: odd) == "%C3%A9%0D%0AX: y")
        #expect(Self.value(.roles, of: odd) == "a%2Cb,c")
    }

    private static func value(_ field: IdentityHeaderSettings.Field, of principal: Principal) -> String {
        var writer = ByteWriter()
        IdentityValue.write(field, of: principal, to: &writer)
        return writer.withSpan { $0.text() }
    }

    @Test func refusesWithoutACredential() throws {
        let answer = try CheckPort().ask("GET /envoy/invoke")
        #expect(answer.status == 401)
        #expect(answer["WWW-Authenticate"] == "Bearer realm=\"postern\"")
        #expect(answer["Content-Type"] == "application/problem+json")
        #expect(answer.body.contains("\"reason\":\"no_credential\""))
        #expect(answer["Content-Length"] == "\(answer.body.utf8.count)")
    }

    @Test(arguments: [
        ("X-API-Key: nobody-has-this-key", "unknown_key"), ("X-API-Key: a,b", "ambiguous_credential"),
        ("X-API-Key: \u{e9}\u{e9}\u{e9}", "unknown_key"), ("X-API-Key:", "unknown_key"),
    ])
    func refusesBadCredentials(_ header: String, _ reason: String) throws {
        let answer = try CheckPort().ask("GET /envoy/invoke", [header])
        #expect(answer.status == 401)
        #expect(answer["WWW-Authenticate"]?.contains("error=\"invalid_token\"") == true)
        #expect(answer.body.contains("\"reason\":\"\(reason)\""))
        #expect(!answer.text.contains("nobody-has"))
    }

    @Test func namesThePermissionThatIsMissing() throws {
        let answer = try CheckPort().ask("GET /envoy/admin/x", [CheckPort.key])
        #expect(answer.status == 403)
        #expect(answer.body.contains("\"missing-permissions\":[\"deploy\"]"))
        let scope = try CheckPort().ask("GET /envoy/scoped", [CheckPort.key])
        #expect(scope.status == 403)
        #expect(scope["WWW-Authenticate"]?.contains("error=\"insufficient_scope\", scope=\"agent:secret\"") == true)
    }

    @Test func refusesWhenSpent() throws {
        let port = try CheckPort()
        for _ in 0..<3 { #expect(try port.ask("GET /envoy/invoke", [CheckPort.key]).status == 200) }
        let answer = try port.ask("GET /envoy/invoke", [CheckPort.key])
        #expect(answer.status == 429)
        #expect(answer["Retry-After"] == "1200")
        #expect(answer["RateLimit"]?.hasPrefix("\"role:user\";r=0;t=1200") == true)
        #expect(answer["X-RateLimit-Remaining"] == "0")
        #expect(answer.body.contains("http-problem-types#quota-exceeded"))
        #expect(answer.body.contains("\"violated-policies\":[\"role:user\"]"))
    }

    @Test func aCostThatNeverFitsGetsNoRetryAfter() throws {
        let answer = try CheckPort().ask("GET /envoy/dear", [CheckPort.key])
        #expect(answer.status == 429)
        #expect(answer["Retry-After"] == nil)
        #expect(answer.body.contains("cost_never_fits"))
    }

    @Test func gRPCClientsHearAStatusTheyUnderstand() throws {
        let port = try CheckPort()
        let type = "Content-Type: application/grpc+proto"
        #expect(try port.ask("POST /envoy/invoke", [type])["grpc-status"] == "16")
        #expect(try port.ask("POST /envoy/admin/x", [type, CheckPort.key])["grpc-status"] == "7")
        #expect(try port.ask("POST /envoy/dear", [type, CheckPort.key])["grpc-status"] == "8")
        #expect(try port.ask("POST /envoy/invoke", [type, CheckPort.key])["grpc-status"] == nil)
    }

    @Test func anonymousOnPublicPathsHasEveryHeaderRemoved() throws {
        for credential in [[], ["X-API-Key: a-bad-one-0123456"], ["X-API-Key: a,b"]] {
            let answer = try CheckPort().ask("GET /envoy/health", credential)
            #expect(answer.status == 200)
            #expect(!answer.text.contains("X-Auth-User-Id:"))
            #expect(answer.list("x-envoy-auth-headers-to-remove").contains("X-Auth-User-Id"))
        }
        #expect(try CheckPort().ask("GET /envoy/health", [CheckPort.key])["X-Auth-User-Id"] == "u1")
    }
}
