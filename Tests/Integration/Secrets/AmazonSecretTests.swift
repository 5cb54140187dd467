import Foundation
import Testing

/// AWS as moto speaks it: a signature that is wrong in one byte is refused, as is a key without the permission.
@Suite(.serialized, .needs(.postern, .motoPython))
struct AmazonSecretTests {
    @Test func everyLoginReadsAndRotates() throws {
        let (moto, scratch) = (try MotoStore(), try ScratchFolder())
        let (place, token) = (moto.place, try scratch.write("web-identity-token\n", to: "token"))
        let logins: [(stores: String, environment: [String: String])] = [
            ("region: \(place.region), access_key_id: \(place.id), secret_access_key: \"\(place.secret)\"", [:]),
            (
                "",
                [
                    "AWS_REGION": place.region, "AWS_ACCESS_KEY_ID": place.id, "AWS_SECRET_ACCESS_KEY": place.secret,
                ]
            ),
            (
                "region: \(place.region), sts_endpoint: \"\(place.metadata)\"",
                ["AWS_ROLE_ARN": place.role, "AWS_WEB_IDENTITY_TOKEN_FILE": token]
            ),
            (
                "region: \(place.region)",
                [
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(place.metadata)/creds",
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "agent-token",
                ]
            ),
            ("region: \(place.region), metadata_url: \"\(place.metadata)\"", ["http_proxy": "http://127.0.0.1:1"]),
        ]
        // Only the name of this machine is asked without the proxy that one of them has.
        let endpoint = place.url.replacingOccurrences(of: "127.0.0.1", with: "localhost")
        let servers = try logins.enumerated().map { index, login in
            try moto.keep("postern/key-\(index)", "{\"key\": \"first-key-0123456789\"}")
            let words = login.stores.isEmpty ? "" : "\(login.stores), "
            let around = login.environment.merging(["no_proxy": "localhost"]) { $1 }
            let stores = "  aws: {\(words)endpoint: \"\(endpoint)\"}"
            return try Postern(SecretFile.text("aws:postern/key-\(index)#key", stores), environment: around)
        }
        for (index, postern) in servers.enumerated() {
            #expect(try SecretFile.status("first-key-0123456789", at: postern) == 200, "login \(index)")
            try moto.keep("postern/key-\(index)", "{\"key\": \"second-key-0123456789\"}")
        }
        for (index, postern) in servers.enumerated() {
            let isTaken = try SecretFile.takes("second-key-0123456789", not: "first-key-0123456789", at: postern)
            #expect(isTaken, "login \(index)")
            #expect(!postern.program.output.contains(place.secret), "login \(index)")
        }
    }

    /// By ARN, whose region counts; bytes as they are.
    @Test func readsByARNAndBinary() throws {
        let moto = try MotoStore()
        let arn = try moto.keep("plain", "binary:first-key-0123456789")
        let place = moto.place
        let keys = "access_key_id: \(place.id), secret_access_key: \"\(place.secret)\""
        let text = SecretFile.text("aws:\(arn)", "  aws: {\(keys), endpoint: \"\(place.url)\"}")
        let postern = try Postern(text)
        #expect(try SecretFile.status("first-key-0123456789", at: postern) == 200)
    }

    /// Fails closed at start: the place, and neither the reference nor anything of AWS's answer.
    @Test func refusesToStart() throws {
        let (moto, scratch) = (try MotoStore(), try ScratchFolder())
        try moto.keep("plain", "first-key-0123456789")
        let place = moto.place
        let keys =
            "region: \(place.region), endpoint: \"\(place.url)\", access_key_id: \(place.id), secret_access_key: "
        for (reference, secret, words) in [
            ("aws:plain", "wrong-secret", "may not be read by us: the store answered with status 403"),
            ("aws:nothing", place.secret, "does not exist"),
            ("aws:plain#key", place.secret, "is no JSON object with that field"),
        ] {
            let text = SecretFile.text(reference, "  aws: {\(keys)\"\(secret)\"}")
            let path = try scratch.write(text, to: "postern.yaml")
            let command = try Command(postern: ["check-config", path], scratch: scratch)
            #expect(command.status == 78)
            #expect(
                command.errors.contains("postern.yaml:5:24: `key`: the secret it refers to \(words)"),
                "\(command.errors)")
            #expect(!command.errors.contains("plain") && !command.errors.contains(secret))
        }
    }
}
