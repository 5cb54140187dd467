import Bytes
import Credentials
import Testing

@Suite struct KeyRecordTests {
    private func digest(_ number: UInt64) -> Digest256 { Digest256(number, 1, 2, number << 32) }

    private func record() -> KeyRecord {
        KeyRecord(id: "batch", createdAt: 100, versions: [.init(digest: digest(1), createdAt: 100)])
    }

    private func read(_ text: [UInt8]) -> KeyRecord? { KeyRecord(json: text.span) }

    @Test func aRecordComesBackFromItsLine() {
        var record = record()
        (record.subject, record.tenant, record.email) = ("s", "acme", "a@b")
        (record.name, record.description) = ("Zoë", "for \"nightly\" jobs\\")
        (record.roles, record.scopes) = (["user", "admin"], ["*", "agent:invoke"])
        (record.expiresAt, record.revokedAt, record.revision) = (200, 150, 3)
        record.versions.append(.init(digest: digest(2), createdAt: 120, expiresAt: 130))
        #expect(read(record.json) == record)
        #expect(!String(decoding: record.json, as: UTF8.self).contains("\n"))
    }

    @Test(arguments: [
        "", "{}", "[]", "null", #"{"id":"a","revision":1,"created_at":1,"keys":[]}"#,
        #"{"id":"a","revision":1,"created_at":1,"keys":[{"sha256":"00","created_at":1}]}"#,
        #"{"id":"a b","revision":1,"created_at":1,"keys":[DIGEST]}"#,
        #"{"id":"-a","revision":1,"created_at":1,"keys":[DIGEST]}"#,
        #"{"id":"a","revision":-1,"created_at":1,"keys":[DIGEST]}"#,
        #"{"id":"a","revision":1.5,"created_at":1,"keys":[DIGEST]}"#,
        #"{"id":"a","created_at":1,"keys":[DIGEST]}"#,
        #"{"id":"a","revision":1,"created_at":1,"keys":[DIGEST],"disabled":true}"#,
        #"{"id":"a","revision":1,"created_at":1,"keys":[DIGEST],"revoked_at":"yes"}"#,
        #"{"id":"a","revision":1,"created_at":1,"keys":[DIGEST],"expires_at":null}"#,
        #"{"id":"a","revision":1,"created_at":1,"keys":[DIGEST],"roles":"admin"}"#,
        #"{"id":"a","revision":1,"created_at":1,"keys":[DIGEST],"roles":["a,b"]}"#,
        #"{"id":"a","revision":1,"created_at":1,"keys":[DIGEST]}x"#,
        #"{"id":"a","revision":1,"created_at":1,"keys":[DIGEST,DIGEST,DIGEST,DIGEST,DIGEST]}"#,
    ])
    func whatIsNoRecordIsNone(_ text: String) {
        let whole = text.replacing(
            "DIGEST", with: #"{"sha256":"\#(String(repeating: "ab", count: 32))","created_at":1}"#)
        #expect(read(Array(whole.utf8)) == nil)
    }

    @Test func theSameWithNothingWrongIsOne() {
        let digest = #"{"sha256":"\#(String(repeating: "ab", count: 32))","created_at":1}"#
        let line = #"{"id":"a","revision":1,"created_at":1,"keys":[\#(digest)]}"#
        #expect(read(Array(line.utf8))?.id == "a")
    }

    @Test func rotationLeavesTheOldTextAliveForAWhile() throws {
        var record = record()
        try record.rotate(to: digest(2), at: 1_000, overlap: 60)
        #expect(record.versions.map(\.expiresAt) == [1_060, nil] && record.revision == 2)
        try record.rotate(to: digest(3), at: 1_030, overlap: 600)
        #expect(record.versions.map(\.expiresAt) == [1_060, 1_630, nil])
        // The first has ended and goes; one that is ended at once stays until the next time.
        try record.rotate(to: digest(4), at: 1_100, overlap: 0)
        #expect(record.versions.map(\.digest) == [digest(2), digest(3), digest(4)])
        #expect(record.versions.map(\.expiresAt) == [1_630, 1_100, nil])
    }

    @Test func whatHasEndedIsNotRotated() throws {
        var revoked = record()
        let revocations = [revoked.revoke(at: 500), revoked.revoke(at: 600)]
        #expect(revocations == [true, false] && revoked.revokedAt == 500)
        #expect(throws: KeyFault.revoked) { try revoked.rotate(to: digest(2), at: 700, overlap: 1) }
        var expired = record()
        expired.expiresAt = 600
        #expect(throws: KeyFault.expired) { try expired.rotate(to: digest(2), at: 600, overlap: 1) }
    }

    @Test func textsOfOneKeyAreBounded() throws {
        var record = record()
        for number in 2...4 { try record.rotate(to: digest(UInt64(number)), at: 200, overlap: 1_000) }
        let before = record
        #expect(throws: KeyFault.tooManyVersions) { try record.rotate(to: digest(9), at: 300, overlap: 1_000) }
        #expect(record == before)
        try record.rotate(to: digest(9), at: 1_200, overlap: 1_000)
    }
}
