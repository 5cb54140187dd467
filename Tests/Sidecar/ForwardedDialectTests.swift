import Domain
import Testing

@testable import Sidecar

@Suite struct ForwardedDialectTests {
    private let original = ["X-Original-Method: GET", "X-Original-URI: /invoke?secret=1"]

    @Test func nginxHearsTwoHundredOrFourHundredAndOneOrThreeAndNeverABody() throws {
        let port = try CheckPort()
        let allowed = try port.ask("GET /nginx", original + [CheckPort.key])
        #expect(allowed.status == 200)
        #expect(allowed["X-Auth-User-Id"] == "u1")
        #expect(allowed["X-Auth-Issuer"] == "")
        #expect(allowed["X-Auth-Expires"] == "")
        let anonymous = try port.ask("GET /nginx", original)
        #expect(anonymous.status == 401)
        #expect(anonymous["X-Authz-Status"] == "401")
        #expect(anonymous.count("WWW-Authenticate") == 1)
        for _ in 0..<2 { _ = try port.ask("GET /nginx", original + [CheckPort.key]) }
        let spent = try port.ask("GET /nginx", original + [CheckPort.key])
        #expect(spent.status == 403)
        #expect(spent["X-Authz-Status"] == "429")
        #expect(spent["Retry-After"] != nil)
        #expect(spent["X-Authz-Problem"]?.contains("quota-exceeded") == true)
        for answer in [allowed, anonymous, spent] {
            #expect(answer["Content-Length"] == "0")
            #expect(answer.body.isEmpty)
        }
    }

    @Test func nginxIsRefusedInItsOwnWayEvenForBytesThatAreNoRequest() throws {
        let answer = Answer(try CheckPort(dialect: .nginx).send("GET /nginx HTTP/1.1\r\nHost : x\r\n\r\n"))
        #expect(answer.status == 403)
        #expect(answer["X-Authz-Status"] == "400")
        #expect(answer["Connection"] == "close")
        #expect(answer.body.isEmpty)
    }

    @Test(arguments: [
        (["X-Original-Method: GET"], "original_request_missing"), (["X-Original-URI: /a"], "original_request_missing"),
        (["X-Original-Method: GET", "X-Original-URI:"], "original_request_missing"),
        (["X-Original-Method: GET", "X-Original-URI: /a", "X-Original-URI: /invoke"], "original_request_doubled"),
        (["X-Original-Method: GET", "X-Original-Method: GET", "X-Original-URI: /a"], "original_request_doubled"),
        (["X-Forwarded-Method: GET", "X-Forwarded-Uri: /invoke"], "original_request_missing"),
    ])
    func nginxMustSayOnceWhatThisIsAbout(_ headers: [String], _ reason: String) throws {
        let answer = try CheckPort().ask("GET /nginx", headers + [CheckPort.key])
        #expect(answer["X-Authz-Status"] == "400")
        #expect(answer["X-Authz-Problem"]?.contains(reason) == true)
    }

    /// X-Forwarded-Host is the client's own unless nginx was told to overwrite it.
    @Test func nginxTakesTheHostFromHostAlone() throws {
        let yaml = CheckPort.demo.replacing("{path: /invoke,", with: "{path: /invoke, hosts: [agent.example],")
        let spoofed = original + [CheckPort.key, "X-Forwarded-Host: agent.example"]
        #expect(try CheckPort(yaml).ask("GET /nginx", spoofed).status == 200)
        let text = "GET /nginx HTTP/1.1\r\nHost: other\r\n\(spoofed.joined(separator: "\r\n"))\r\n\r\n"
        #expect(Answer(try CheckPort(yaml).send(text))["X-Authz-Status"] == "403")
    }

    @Test func ingressNginxReadsItsURLAndNoOtherHeader() throws {
        let url = ["X-Original-Method: GET", "X-Original-URL: https://agent.example/invoke?x"]
        #expect(try CheckPort().ask("GET /ingress-nginx", url + [CheckPort.key]).status == 200)
        #expect(try CheckPort().ask("GET /ingress-nginx", original + [CheckPort.key])["X-Authz-Status"] == "400")
        let odd = ["X-Original-Method: GET", "X-Original-URL: ftp://agent.example/invoke"]
        #expect(try CheckPort().ask("GET /ingress-nginx", odd + [CheckPort.key])["X-Authz-Status"] == "400")
    }

    @Test func forwardAuthGetsTheWholeAnswer() throws {
        let headers = ["X-Forwarded-Method: POST", "X-Forwarded-Uri: /invoke"]
        let allowed = try CheckPort().ask("GET /forward", headers + [CheckPort.key])
        #expect(allowed.status == 200)
        // Caddy leaves a placeholder in the request for a header that is missing.
        #expect(allowed["X-Auth-Issuer"] == "")
        let denied = try CheckPort().ask("GET /forward", headers)
        #expect(denied.status == 401)
        #expect(denied["Content-Type"] == "application/problem+json")
        #expect(denied.body.contains("no_credential"))
    }

    @Test func aSecondCarrierIsRefusedWhereTheProxyCannotRemoveIt() throws {
        let two = [CheckPort.key, "Authorization: Bearer other"]
        let nginx = try CheckPort().ask("GET /nginx", original + two)
        #expect(nginx["X-Authz-Status"] == "401")
        #expect(nginx["X-Authz-Problem"]?.contains("second_credential") == true)
    }

    @Test func theTargetChoosesTheDialectAndTheListenerMayPinIt() throws {
        #expect(try CheckPort().ask("GET /envoyx/invoke", [CheckPort.key]).status == 404)
        #expect(try CheckPort().ask("GET /nginx/", original + [CheckPort.key]).status == 404)
        #expect(try CheckPort().ask("GET /envoy/../nginx", original + [CheckPort.key]).status == 400)
        let pinned = try CheckPort(dialect: .envoy)
        #expect(try pinned.ask("GET /nginx", original + [CheckPort.key]).status == 404)
        #expect(try pinned.ask("GET /envoy/invoke", [CheckPort.key]).status == 200)
    }
}
