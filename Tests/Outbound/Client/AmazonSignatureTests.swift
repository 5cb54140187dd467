import Credentials
import Domain
import Testing

@testable import Outbound

/// AWS's own test suite for Signature Version 4 (aws-sig-v4-test-suite), over the wire: what a server of ours gets is what
/// the suite says AWS expects. The time is the suite's, shown as a field, which libcurl then signs with. Queries are left
/// out: we send none, and libcurl 7.88 signs them as they stand, not sorted.
@Suite(.enabled(if: Provider.isExpected, "python3 is not installed"))
struct AmazonSignatureTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var name: String
        var method: Domain.Method
        var fields: [(String, String)] = []
        var body = ""
        var signed: String
        var signature: String

        var testDescription: String { name }
    }

    static let vectors = [
        Vector(
            name: "get-vanilla", method: .get, signed: "host;x-amz-date",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Vector(
            name: "post-vanilla", method: .post, signed: "host;x-amz-date",
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        Vector(
            name: "post-header-value-case", method: .post, fields: [("My-Header1", "VALUE1")],
            signed: "host;my-header1;x-amz-date",
            signature: "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"),
        Vector(
            name: "post-x-www-form-urlencoded", method: .post,
            fields: [("Content-Type", "application/x-www-form-urlencoded")], body: "Param1=value1",
            signed: "content-type;host;x-amz-date",
            signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
        Vector(
            name: "post-sts-header-before", method: .post, fields: [("X-Amz-Security-Token", sessionToken)],
            signed: "host;x-amz-date;x-amz-security-token",
            signature: "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"),
    ]

    private static let sessionToken =
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUu"
        + "wthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8"
        + "YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2"
        + "ICCR/oLxBA=="

    private static let keys = AmazonKeys(
        id: "AKIDEXAMPLE", secret: HiddenText("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), session: nil)

    @Test(arguments: vectors) func signsAsTheSuiteSays(_ vector: Vector) async throws {
        let provider = try Provider()
        provider.answer("/")
        let fixed = [("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z")]
        var request = OutboundRequest(
            vector.method, try OutboundEndpoint(provider.url("/")),
            fields: (fixed + vector.fields).map { .init($0.0, $0.1) }, body: Array(vector.body.utf8),
            deadlineMillis: 5_000)
        request.signature = AmazonSignature(keys: Self.keys, region: "us-east-1", service: "service")
        #expect(try await OutboundClient().ask(request).get().status == 200)
        let asked = try provider.log().requests[0]
        let scope = "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request"
        let expected =
            "AWS4-HMAC-SHA256 Credential=\(scope), SignedHeaders=\(vector.signed), Signature=\(vector.signature)"
        #expect(asked.headers["authorization"] == expected)
        #expect(asked.body == vector.body)
    }
}
