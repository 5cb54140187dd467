import Bytes
import Credentials
import Domain
import Testing

@Suite struct KnownKeysTests {
    private func digest(_ number: Int) -> Digest256 {
        var random = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
        random ^= random >> 29
        return Digest256(random, random &* 3, random &* 5, random &* 0xBF58_476D_1CE4_E5B9)
    }

    private func record(_ number: Int) -> KeyRecord {
        KeyRecord(id: "key-\(number)", createdAt: 1, versions: [.init(digest: digest(number), createdAt: 1)])
    }

    private func keys(_ records: [KeyRecord], of known: KnownKeys = KnownKeys()) -> KnownKeys {
        var update = KeyUpdate(of: known)
        for record in records { update.add(record.json.span) }
        return update.finish()
    }

    private func refusal(_ keys: KnownKeys, _ number: Int, at now: Int64 = 10) -> DenyReason? {
        guard let found = keys.find(digest(number)) else { return .unknownKey }
        return found.refusal(at: now)
    }

    /// Across several merges, each record is found by its own digest and no other.
    @Test func findsEachOfManyAndNoOther() {
        var known = KnownKeys()
        for start in stride(from: 0, to: 6_000, by: 500) {
            known = keys((start..<start + 500).map(record), of: known)
        }
        #expect(known.count == 6_000)
        for number in 0..<6_000 {
            let found = known.find(digest(number))
            #expect(found.flatMap { known.record($0)?.id } == "key-\(number)")
        }
        for number in 6_000..<7_000 { #expect(known.find(digest(number)) == nil) }
    }

    @Test func aChangeIsSeenAndTheStateBeforeStaysAsItWas() {
        let before = keys((0..<3_000).map(record))
        var revoked = record(7)
        _ = revoked.revoke(at: 5)
        let after = keys([revoked], of: before)
        #expect(refusal(before, 7) == nil && refusal(after, 7) == .revokedKey)
        #expect(refusal(after, 8) == nil && after.count == 3_000)
        #expect(before.find(digest(7))?.serial != after.find(digest(7))?.serial)
        #expect(before.find(digest(8))?.serial == after.find(digest(8))?.serial)
    }

    @Test func anOlderStateChangesNothing() {
        var revoked = record(1)
        _ = revoked.revoke(at: 5)
        let known = keys([revoked])
        #expect(keys([record(1)], of: known) === known)
        #expect(refusal(known, 1) == .revokedKey)
    }

    @Test func everyTextOfARotatedKeyEndsAtItsOwnTime() throws {
        var rotated = record(1)
        try rotated.rotate(to: digest(2), at: 100, overlap: 50)
        rotated.expiresAt = 400
        let known = keys([rotated])
        #expect(refusal(known, 1, at: 149) == nil && refusal(known, 1, at: 150) == .expiredKey)
        #expect(refusal(known, 2, at: 399) == nil && refusal(known, 2, at: 400) == .expiredKey)
        _ = rotated.revoke(at: 120)
        let later = keys([rotated], of: known)
        #expect(refusal(later, 1, at: 130) == .revokedKey && refusal(later, 2, at: 130) == .revokedKey)
    }

    @Test func whatIsNoRecordIsCountedAndChangesNothing() {
        var update = KeyUpdate(of: keys([record(1)]))
        update.add([UInt8]("{\"id\":\"half".utf8).span)
        let known = update.finish()
        #expect(known.unreadable == 1 && known.count == 1 && update.changed == 0)
    }

    @Test func everyLineIsTherePreciselyOnce() {
        var known = keys((0..<2_000).map(record))
        var revoked = record(3)
        _ = revoked.revoke(at: 5)
        known = keys([revoked, record(5_000)], of: known)
        var ids: [String] = []
        known.forEachLine { line in
            if let record = KeyRecord(json: line) { ids.append(record.id) }
        }
        #expect(ids.count == 2_001 && Set(ids).count == 2_001)
    }

    @Test func aStoreReadAnewTellsItsStatesFromThoseBefore() {
        let before = keys([record(1), record(2)])
        let after = keys([record(2)], of: before.emptied)
        #expect(after.find(digest(1)) == nil)
        #expect(after.find(digest(2))?.serial != before.find(digest(2))?.serial)
    }
}
