import Bytes
import Credentials
import Testing

@testable import RedisStore
@testable import Sidecar

/// What of a key store is read when, and what is put back into one that forgot.
@Suite struct KeyReadingTests {
    private func line(_ number: Int, revoked: Bool = false) -> [UInt8] {
        let digest = Digest256(UInt64(number), 7, 7, UInt64(number) << 40)
        var record = KeyRecord(id: "key-\(number)", createdAt: 1, versions: [.init(digest: digest, createdAt: 1)])
        if revoked { _ = record.revoke(at: 2) }
        return record.json
    }

    private func meta(_ version: Int64, _ epoch: String? = "one") -> RedisKeys.Meta {
        RedisKeys.Meta(epoch: epoch, version: version)
    }

    /// A store read for the first time, up to version `count`.
    private func read(_ count: Int) -> (reading: KeyReading, known: KnownKeys) {
        var (reading, known) = (KeyReading(), KnownKeys())
        let forgotten = pass(&reading, &known, meta(Int64(count)), (0..<count).map { line($0) })
        #expect(forgotten.isEmpty)
        return (reading, known)
    }

    /// One whole reading that finds these lines.
    private func pass(
        _ reading: inout KeyReading, _ known: inout KnownKeys, _ meta: RedisKeys.Meta, _ lines: [[UInt8]]
    ) -> [[UInt8]] {
        _ = reading.begin(meta, of: known)
        for line in lines { reading.take(line) }
        known = reading.update?.finish() ?? known
        return reading.end(at: meta.version, meta, known)
    }

    @Test func onlyWhatIsNewIsRead() {
        var (reading, known) = read(10)
        #expect(reading.isLevel(with: meta(10)) && !reading.isLevel(with: meta(11)))
        #expect(reading.begin(meta(12), of: known) == 10)
        #expect(pass(&reading, &known, meta(12), [line(10), line(11)]).isEmpty)
        #expect(known.count == 12 && reading.isLevel(with: meta(12)))
    }

    /// A successor that lost the last change and took another in its place says the same version.
    @Test func afterANewConnectionTheLastChangesAreComparedAndPutBack() {
        var (reading, known) = read(3_000)
        #expect(pass(&reading, &known, meta(3_001), [line(7, revoked: true)]).isEmpty)
        reading.giveUp()
        #expect(!reading.isLevel(with: meta(3_001)))
        #expect(reading.begin(meta(3_001), of: known) == 3_001 - Int64(KeyReading.recentMax))
        let there = (1_978..<3_000).map { line($0) } + [line(5_000)]
        let forgotten = pass(&reading, &known, meta(3_001), there)
        #expect(forgotten.contains(line(7, revoked: true)) && forgotten.count <= 2)
        #expect(known.count == 3_001 && reading.isLevel(with: meta(3_001)))
    }

    @Test(arguments: [(2, "one"), (9, "other"), (0, nil)] as [(Int64, String?)])
    func whatIsBehindOrAnotherIsReadWhole(_ version: Int64, _ epoch: String?) {
        var (reading, known) = read(5)
        #expect(reading.begin(meta(version, epoch), of: known) == 0)
        // It breaks off; meanwhile others have put back so much that nothing seems to be missing.
        reading.take(line(0))
        reading.giveUp()
        #expect(reading.begin(meta(50, epoch), of: known) == 0)
        let forgotten = pass(&reading, &known, meta(50, epoch), [line(0), line(1)])
        #expect(Set(forgotten) == Set([line(2), line(3), line(4)]))
        reading.giveUp()
        #expect(
            reading.begin(meta(50, epoch), of: known) == 0 && pass(&reading, &known, meta(50, epoch), []).count >= 5)
    }
}
