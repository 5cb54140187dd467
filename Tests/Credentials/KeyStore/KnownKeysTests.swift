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
        let finished = update.finish()
        return finished.merged ?? finished
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

    /// Who was not told of a rotation learns of the next one, which no longer mentions the first text.
    @Test(arguments: [0, 3_000]) func aTextThatNoStateMentionsAnyMoreIsNoKey(others: Int) throws {
        var record = record(1)
        var known = keys((10..<10 + others).map(self.record) + [record])
        try record.rotate(to: digest(2), at: 100, overlap: 10)
        try record.rotate(to: digest(3), at: 200, overlap: 50)
        #expect(record.versions.map(\.digest) == [digest(2), digest(3)])
        known = keys([record], of: known)
        #expect(refusal(known, 1, at: 201) == .expiredKey && refusal(known, 2, at: 201) == nil)
        try record.rotate(to: digest(4), at: 300, overlap: 0)
        known = keys([record], of: known)
        #expect(refusal(known, 1, at: 301) != nil && refusal(known, 2, at: 301) != nil)
        // The same after a merge, and none of it comes back with an older state.
        known = keys((10_000..<13_000).map(self.record), of: known)
        #expect(refusal(known, 1, at: 301) != nil && refusal(known, 2, at: 301) != nil)
        #expect(refusal(known, 4, at: 301) == nil)
        #expect(keys([self.record(1)], of: known) === known)
        _ = record.revoke(at: 400)
        known = keys([record], of: known)
        for number in 1...4 { #expect(refusal(known, number, at: 401) != nil) }
        #expect(refusal(known, 4, at: 401) == .revokedKey)
    }

    /// A store that lost the revocation may have got other steps meanwhile, even more of them.
    @Test func noLaterStateTakesBackARevocation() throws {
        var (revoked, other) = (record(1), record(1))
        _ = revoked.revoke(at: 5)
        try other.rotate(to: digest(2), at: 6, overlap: 100)
        try other.rotate(to: digest(3), at: 7, overlap: 100)
        let known = keys([revoked])
        #expect(keys([other], of: known) === known)
        let late = keys([revoked], of: keys([other]))
        for number in 1...3 { #expect(refusal(late, number, at: 8) != nil) }
        #expect(refusal(late, 1, at: 8) == .revokedKey)
    }

    /// States of many records, in one update and in many, come to what the last of each says.
    @Test func manyStatesComeToTheLastOfEach() throws {
        var records = (0..<40).map { record($0) }
        var (digests, known) = (40, KnownKeys())
        for round in 0..<60 {
            var changed: [KeyRecord] = []
            for index in records.indices where (index + round) % 7 == 0 {
                try records[index].rotate(to: digest(digests), at: Int64(round), overlap: 0)
                digests += 1
                changed.append(records[index])
            }
            // Some rounds are missed.
            known = keys(
                (round % 3 == 0 ? changed : []) + (0..<100).map { record(100_000 + round * 100 + $0) }, of: known)
        }
        known = keys(records, of: known)
        let now = Int64(60)
        for number in 0..<digests {
            let isNewest = records.contains { $0.versions.last?.digest == digest(number) }
            #expect((refusal(known, number, at: now) == nil) == isNewest, "\(number)")
        }
        for record in records { #expect(known.find(record.versions[0].digest) != nil) }
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
