import Credentials
import Testing

@testable import Outbound

/// What STS and the metadata servers answer, and what they must not get away with.
@Suite struct AmazonLoginTests {
    /// As the STS API reference shows it (AssumeRoleWithWebIdentity, sample response).
    private static let sample = """
        <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <AssumeRoleWithWebIdentityResult>
            <SubjectFromWebIdentityToken>amzn1.account.AF6RHO7KZU5XRVQJGXK6HB56KR2A</SubjectFromWebIdentityToken>
            <Audience>client.5498841531868486423.1548@apps.example.com</Audience>
            <AssumedRoleUser>
              <Arn>arn:aws:sts::123456789012:assumed-role/FederatedWebIdentityRole/app1</Arn>
              <AssumedRoleId>AROACLKWSDQRAOEXAMPLE:app1</AssumedRoleId>
            </AssumedRoleUser>
            <Credentials>
              <SessionToken>AQoDYXdzEE0a8ANXXXXXXXXNO1ewxE5TijQyp+IEXAMPLE</SessionToken>
              <SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY</SecretAccessKey>
              <Expiration>2014-10-24T23:00:23Z</Expiration>
              <AccessKeyId>ASgeIAIOSFODNN7EXAMPLE</AccessKeyId>
            </Credentials>
            <SourceIdentity>SourceIdentityValue</SourceIdentity>
            <Provider>www.amazon.com</Provider>
          </AssumeRoleWithWebIdentityResult>
          <ResponseMetadata><RequestId>ad4156e9-bce1-11e2-82e6-6b6efEXAMPLE</RequestId></ResponseMetadata>
        </AssumeRoleWithWebIdentityResponse>
        """

    private func response(_ body: String, _ status: Int = 200) -> OutboundResponse {
        OutboundResponse(status: status, fields: [], body: Array(body.utf8), isHTTP2: false)
    }

    @Test func readsTheKeysOfSTS() throws {
        let keys = try AmazonLogin.assumed(response(Self.sample))
        #expect(keys.id == "ASgeIAIOSFODNN7EXAMPLE")
        #expect(keys.secret.text == "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY")
        #expect(keys.session?.text == "AQoDYXdzEE0a8ANXXXXXXXXNO1ewxE5TijQyp+IEXAMPLE")
    }

    @Test(arguments: ["AccessKeyId", "SecretAccessKey", "SessionToken"])
    func answersWithoutOneOfThemAreNone(_ name: String) {
        let bodies = [
            Self.sample.replacing("<\(name)>", with: "<Other>"), Self.sample.replacing("</\(name)>", with: "</Other>"),
            Self.sample.replacing("<\(name)>", with: "<\(name)></\(name)><\(name)>"),
            Self.sample.replacing("<\(name)>", with: "<\(name)>a&amp;"),
            Self.sample.replacing("<\(name)>", with: "<\(name)><![CDATA["),
            Self.sample.replacing("<\(name)>", with: "<\(name)>a\r\nX-Other: "),
        ]
        for body in bodies {
            #expect(throws: SecretFault.malformed) { try AmazonLogin.assumed(response(body)) }
        }
    }

    @Test func whatSTSRefusesIsALoginThatWasRefused() {
        let body = "<ErrorResponse><Error><Code>InvalidIdentityToken</Code></Error></ErrorResponse>"
        for status in [400, 403] {
            #expect(throws: SecretFault.loginRefused(status: status)) {
                try AmazonLogin.assumed(response(body, status))
            }
        }
        #expect(throws: SecretFault.unavailable(status: 503)) { try AmazonLogin.assumed(response("", 503)) }
        #expect(throws: SecretFault.malformed) { try AmazonLogin.assumed(response("")) }
    }

    @Test func readsTheKeysOfMetadataServers() throws {
        let body = #"{"Code":"Success","AccessKeyId":"ASIA1","SecretAccessKey":"s/1+","Token":"t==","Expiration":"x"}"#
        let keys = try AmazonLogin.keys(response(body))
        #expect(keys.id == "ASIA1" && keys.secret.text == "s/1+" && keys.session?.text == "t==")
        for bad in ["", "{}", "[]", body.replacing("t==", with: "t\\r\\nX: y"), body.replacing("ASIA1", with: "")] {
            #expect(throws: SecretFault.malformed) { try AmazonLogin.keys(response(bad)) }
        }
    }

    @Test func aRoleIsANameAndNoPath() {
        for role in ["node-role", "a.b_c@d=e,f+g", String(repeating: "a", count: 64)] {
            #expect(AmazonLogin.isRole(role[...]))
        }
        for role in ["", "a/b", "../x", "a b", "a?b", "ä", String(repeating: "a", count: 65)] {
            #expect(!AmazonLogin.isRole(role[...]), "\(role)")
        }
    }
}
