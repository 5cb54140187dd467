import Bytes
import Testing

@testable import Credentials

@Suite struct SecretReferenceTests {
    @Test(
        arguments: [
            ("vault:kv/team/agent#key", "kv/team/agent", "key"), ("vault:kv/a b@c:d", "kv/a b@c:d", nil),
            ("aws:prod/postern#a#b", "prod/postern", "a#b"), ("aws:plain_+=.@-", "plain_+=.@-", nil),
            ("aws:arn:aws:secretsmanager:eu-central-1:123456789012:secret:a/b-AbCdEf", nil, nil),
            ("gcp:key", "key", nil), ("gcp:key/7", "key/7", nil),
            ("gcp:projects/p/secrets/s", "projects/p/secrets/s", nil),
            ("gcp:projects/example.com:p/secrets/s/versions/3#f", "projects/example.com:p/secrets/s/versions/3", "f"),
            ("azure:my-vault/key", "my-vault/key", nil), ("azure:my-vault/key/0a1b#f", "my-vault/key/0a1b", "f"),
        ] as [(String, String?, String?)])
    func isRead(_ text: String, _ name: String?, _ field: String?) throws {
        let reference = try #require(try SecretReference(text))
        #expect(reference.name == name ?? String(text.dropFirst(4)) && reference.field == field)
    }

    /// Nothing that could end a path, leave it, or choose another host.
    @Test(arguments: [
        "vault:", "vault:kv", "vault:kv/", "vault:/kv", "vault:kv//a", "vault:kv/../sys", "vault:kv/.", "vault:kv/a?b",
        "vault:kv/a%2fb", "vault:kv/a\nb", "vault:kv/ä", "vault:kv/a#", "vault:kv/a#\n", "vault:kv/a\\b",
        "aws:", "aws:a b", "aws:a\"b", "aws:arn:aws:s3:eu:1:secret:a", "aws:arn:aws:secretsmanager:e.u:1:secret:a",
        "aws:arn:aws:secretsmanager::1:secret:a", "gcp:", "gcp:a/b/c", "gcp:a.b", "gcp:projects/p/keys/s",
        "gcp:projects/p/secrets/s/versions", "gcp:projects/../secrets/s", "gcp:projects/p/secrets/s/versions/1/2",
        "azure:", "azure:vault", "azure:a/key", "azure:evil.example/key", "azure:vault/key/v/w", "azure:vault/k_y",
        "azure:vault/key/V-1", "azure:vault@host/key",
    ])
    func isRefused(_ text: String) {
        let fault = #expect(throws: SecretReference.Fault.self) { try SecretReference(text) }
        #expect(
            fault?.words.contains(text.split(separator: ":", maxSplits: 1).last ?? "") != true || text.hasSuffix(":"))
    }

    @Test(arguments: ["file:/a", "Vault:kv/a", "vaults:kv/a", "", "a vault:kv/b"])
    func isNone(_ text: String) throws { #expect(try SecretReference(text) == nil) }

    @Test func aFieldIsTextOrANumber() throws {
        let document = Array(#"{"a": "x", "n": 5432, "b": true, "o": {}, "e": "", "é": "1"}"#.utf8)
        #expect(try SecretContent.value(document, field: "a") == [0x78])
        #expect(try SecretContent.value(document, field: "n") == Array("5432".utf8))
        #expect(try SecretContent.value(document, field: nil) == document)
        for field in ["b", "o", "none", "e\u{301}"] {
            #expect(throws: SecretFault.noField) { try SecretContent.value(document, field: field) }
        }
        #expect(throws: SecretFault.empty) { try SecretContent.value(document, field: "e") }
        #expect(throws: SecretFault.noField) { try SecretContent.value(Array("plain".utf8), field: "a") }
        #expect(throws: SecretFault.empty) { try SecretContent.value([], field: nil) }
        let large = [UInt8](repeating: 0x61, count: SecretFault.valueBytesMax + 1)
        #expect(throws: SecretFault.tooLarge) { try SecretContent.value(large, field: nil) }
        #expect(try SecretContent.value(Array(large.dropLast()), field: nil).count == SecretFault.valueBytesMax)
    }

    /// Vault's secrets are always objects: one field needs no name, several do.
    @Test func aSingleFieldNeedsNoName() throws {
        let one = JSONObject([("k", .string("v"))])
        #expect(try SecretContent.value(of: one, field: nil) == [0x76])
        let two = JSONObject([("k", .string("v")), ("l", .string("w"))])
        #expect(throws: SecretFault.fieldNeeded) { try SecretContent.value(of: two, field: nil) }
        #expect(throws: SecretFault.empty) { try SecretContent.value(of: JSONObject(), field: nil) }
        #expect(try SecretContent.value(of: two, field: "l") == [0x77])
    }

    @Test func nothingIsPrinted() {
        let store = SecretStore.aws(
            AmazonStore(
                region: "r", endpoint: "e",
                login: .keys(AmazonKeys(id: "i", secret: HiddenText("hunter2"), session: HiddenText("hunter2")))))
        var dumped = ""
        dump(store, to: &dumped)
        for text in ["\(store)", String(reflecting: store), dumped] { #expect(!text.contains("hunter2")) }
    }
}
