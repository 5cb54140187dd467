import Foundation
import Testing

extension Live {
    /// `postern token inspect` and `postern explain`, of the built program, with tokens of another library.
    @Suite(.serialized, .needs(.python), .needs(commands: "openssl"))
    struct TokenCommandTests {
        private struct Scene {
            let jose: JOSE
            let issuer, stranger: JOSE.Key
            let keys: KeyServer

            init() throws {
                jose = JOSE(scratch: try ScratchFolder())
                (issuer, stranger) = (try jose.key(), try jose.key())
                keys = try KeyServer(Array(issuer.keySet.utf8))
                let text = """
                    auth:
                      mode: jwt
                      jwt: {issuer: "\(JOSE.issuer)", jwks_url: "\(keys.url)", audience: agent, claims: {roles: groups}}
                      roles: [{name: user, permissions: [invoke]}]
                    routes: [{path: "/invoke/**", permissions: [invoke]}]
                    """
                try jose.scratch.write(text, to: "postern.yaml")
            }

            var file: String { jose.scratch.file("postern.yaml") }

            func token(_ claims: [String: Any], by key: JOSE.Key? = nil) throws -> String {
                try jose.tokens([JOSE.claims(["groups": ["user"]].merging(claims) { $1 })], by: key ?? issuer)[0]
            }

            func inspect(_ token: String) throws -> Command {
                try Command(
                    postern: ["token", "inspect", "--config", file], input: token + "\n", scratch: jose.scratch)
            }

            func explain(_ arguments: [String]) throws -> Command {
                try Command(postern: ["explain", "--config", file] + arguments, scratch: jose.scratch)
            }
        }

        @Test func acceptsAGoodToken() throws {
            let scene = try Scene()
            for prefix in ["", "Bearer "] {
                let token = try scene.token([:])
                let command = try scene.inspect(prefix + token)
                #expect(command.status == 0, "\(command.output) \(command.errors)")
                #expect(!command.output.contains("FAILED") && !command.output.contains("not reached"))
                #expect(command.output.contains("subject: alice"))
                #expect(command.output.contains("invoke"))
                let signature = try #require(token.split(separator: ".").last)
                #expect(!command.output.contains(signature), "without its signature a token opens nothing")
            }
        }

        @Test func namesTheRuleThatFails() throws {
            let scene = try Scene()
            let good = try scene.token([:]).split(separator: ".").map(String.init)
            let other = try scene.token(["sub": "root"]).split(separator: ".").map(String.init)
            let unsigned = Data(#"{"alg":"none"}"#.utf8).base64EncodedString().replacing("=", with: "")
            for (name, token, fault) in [
                ("expired", try scene.token(["exp": 1_700_000_000]), "expired"),
                ("not yet valid", try scene.token(["nbf": 9_999_999_999]), "not_yet_valid"),
                ("forged claims", "\(good[0]).\(other[1]).\(good[2])", "bad_signature"),
                ("another key", try scene.token([:], by: scene.stranger), "unknown_key"),
                ("another issuer", try scene.token(["iss": "https://x.test"]), "unknown_issuer"),
                ("another audience", try scene.token(["aud": "x"]), "wrong_audience"),
                ("none", "\(unsigned).\(good[1]).", "algorithm_none"),
                ("no token", "nonsense", "not_compact"),
                ("roles of a wrong type", try scene.token(["groups": 7]), "claim_wrong_type (claim groups)"),
            ] {
                let command = try scene.inspect(token)
                #expect(command.status == 1, "\(name): \(command.output) \(command.errors)")
                let failed = command.output.split(separator: "\n").filter { $0.hasPrefix("FAILED") }
                #expect(failed.count == 1 && failed[0].contains(": \(fault): "), "\(name): \(command.output)")
            }
        }

        @Test func saysWhatKeepsItFromJudging() throws {
            let scene = try Scene()
            scene.keys.become(.failing)
            let command = try scene.inspect(try scene.token([:]))
            #expect(command.status == 1)
            #expect(command.output.contains("keys: "), "\(command.output)")
            try scene.jose.scratch.write("auth: {mode: jwtt}", to: "postern.yaml")
            #expect(try scene.inspect("x").status == 78)
        }

        @Test func explainsAToken() throws {
            let scene = try Scene()
            let good = try scene.explain([
                "--path", "/invoke/a", "--header", "Authorization: Bearer \(scene.token([:]))",
            ])
            #expect(good.status == 0, "\(good.errors)")
            #expect(good.output.contains("alice of \(JOSE.issuer) by jwt"), "\(good.output)")
            #expect(good.output.contains("decision    allow"), "\(good.output)")
            #expect(good.output.contains("HTTP/1.1 200") && good.output.contains("X-Auth-User-Id: alice"))
            let late = try scene.token(["exp": 1_700_000_000])
            let expired = try scene.explain(["--path", "/invoke/a", "--header", "Authorization: Bearer \(late)"])
            #expect(expired.output.contains("refused: token_expired, expired"), "\(expired.output)")
            #expect(expired.output.contains("decision    deny: token_expired (401)"), "\(expired.output)")
            for command in [good, expired] {
                #expect(!command.output.contains(late) && !command.output.contains("Authorization: Bearer "))
            }
            scene.keys.become(.failing)
            let other = try scene.explain(["--path", "/invoke/a", "--header", "Authorization: Bearer \(late)"])
            #expect(other.output.contains("deny: undecidable (503)"), "\(other.output)")
        }

        /// The header of a proxy on loopback, which `explain` takes the place of.
        @Test func explainsACertificate() throws {
            let scene = try Scene()
            let authority = try ClientAuthority(scene.jose.scratch)
            let text = CertificateGateway.policy([
                "sources: [nginx]", "ca_file: \(authority.authority)", "crl_file: \(authority.revocations)",
            ])
            try scene.jose.scratch.write(text, to: "postern.yaml")
            func explain(_ client: ClientAuthority.Client) throws -> String {
                let pem = try String(contentsOfFile: authority.certificate(client), encoding: .utf8)
                let escaped = pem.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                return try scene.explain(["--path", "/invoke/a", "--header", "ssl-client-cert: \(escaped)"]).output
            }
            let planner = try explain(.planner)
            #expect(planner.contains("\(ClientAuthority.planner) by mtls"), "\(planner)")
            #expect(planner.contains("tenant acme") && planner.contains("decision    allow"), "\(planner)")
            let guest = try explain(.guest)
            #expect(guest.contains("deny: permission_missing (403)"), "\(guest)")
            let revoked = try explain(.revoked)
            #expect(revoked.contains("refused: certificate_invalid, revoked"), "\(revoked)")
            let stranger = try explain(.stranger)
            #expect(stranger.contains("refused: certificate_invalid"), "\(stranger)")
        }
    }
}
