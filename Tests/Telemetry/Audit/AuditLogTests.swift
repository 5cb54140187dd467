import Bytes
import Domain
import Glibc
import Testing

@testable import Telemetry

@Suite struct AuditLogTests {
    private let scratch = AuditScratch()

    @Test func aLogOpensRecordsAndCloses() throws {
        let log = try scratch.open()
        var writer = AuditWriter(log, allowedShare: 1)
        writer.submit(record("/a"), "/a")
        writer.submit(record("/b", .allow), "/b")
        #expect(log.close())
        let lines = scratch.lines(scratch.path)
        try #require(lines.count == 4)
        #expect(lines[0].hasPrefix("{\"seq\":1,\"kind\":\"open\",\"time\":\"20"))
        #expect(lines[0].contains("\"prev\":\"" + String(repeating: "0", count: 64)))
        #expect(lines[0].contains("\"replica\":\"replica-1\""))
        #expect(
            lines[1].hasPrefix(
                "{\"seq\":2,\"kind\":\"check\",\"time\":\"2027-01-15T08:00:00.123Z\",\"decision\":\"deny\""))
        #expect(lines[2].contains("\"decision\":\"allow\",\"dialect\":\"envoy\",\"method\":\"GET\",\"path\":\"/b\""))
        #expect(lines[3].contains("\"kind\":\"close\"") && lines[3].contains("\"reason\":\"stopped\""))
        #expect(Verdict([scratch.path]).problems == [])
        #expect(log.metrics.lines == 4)
        #expect(log.metrics.sequence == 4)
        #expect(log.metrics.bytes == UInt64(scratch.bytes(scratch.path).count))
    }

    /// The bytes themselves: HMAC-SHA-256 over the head before and the line up to its `mac`, reckoned with `openssl
    /// dgst`.
    @Test func aLineIsSealedAsDocumented() {
        var chain = AuditChain(after: AuditChain.Place(), key: Array("key".utf8))
        var lines = ByteWriter()
        chain.append(Array("\"kind\":\"check\",\"a\":1".utf8).span, to: &lines)
        chain.append(Array("\"kind\":\"check\",\"a\":2".utf8).span, to: &lines)
        let expected = """
            {"seq":1,"kind":"check","a":1,"mac":"5b25c15e80b89fc897c37f1572d78d99e6fc07e4a1afc9da4a36d7134d5c1477"}
            {"seq":2,"kind":"check","a":2,"mac":"bbca5fbce20e7984b06fef3c581eb3c12bdd329ccea30084ad5a7008165b377f"}

            """
        #expect(String(decoding: lines.bytes, as: UTF8.self) == expected)
    }

    @Test func onlyItsOwnerMayReadIt() throws {
        try scratch.open().close()
        var status = stat()
        #expect(stat(scratch.path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test func whatCannotBeOpenedIsAnError() throws {
        #expect(throws: AuditError(description: "audit file /nowhere/a: No such file or directory")) {
            try scratch.open(.file("/nowhere/a"))
        }
        #expect(throws: AuditError.self) { try scratch.open(.file(scratch.folder)) }
        symlink(scratch.rotated(1), scratch.path)
        #expect(throws: AuditError(description: "audit file \(scratch.path): is a symbolic link; name the file itself"))
        {
            try scratch.open()
        }
    }

    @Test func aFileHasOneWriter() throws {
        let log = try scratch.open()
        let refusal = AuditError(description: "audit file \(scratch.path): another process is writing it")
        #expect(throws: refusal) { try scratch.open() }
        log.close()
        #expect(try scratch.open().close())
    }

    @Test func aFileOfAnotherKindIsNotContinued() throws {
        scratch.write(["key: value"], to: scratch.path)
        let refusal = AuditError(
            description: "audit file \(scratch.path): holds something else than an audit log; move it away")
        #expect(throws: refusal) { try scratch.open() }
        #expect(scratch.text(scratch.path) == "key: value\n")
    }

    @Test func aSecondStartContinuesTheChain() throws {
        _ = try scratch.rotate([3])
        _ = try scratch.rotate([2])
        let lines = scratch.lines(scratch.path)
        #expect(lines.count == 9)
        #expect(lines[5].hasPrefix("{\"seq\":6,\"kind\":\"open\""))
        #expect(Verdict([scratch.path]).problems == [])
    }

    /// A crash in the middle of a line, at each of its bytes, and a crash of the start after it.
    @Test(arguments: [1, 40, 70, 100]) func aTornLineIsKeptAndTold(_ cut: Int) throws {
        _ = try scratch.rotate([2])
        let whole = scratch.bytes(scratch.path)
        scratch.write(whole.dropLast(cut), to: scratch.path)
        _ = try scratch.rotate([1])
        let again = scratch.bytes(scratch.path)
        scratch.write(again.dropLast(10), to: scratch.path)
        _ = try scratch.rotate([1])
        #expect(scratch.bytes(scratch.path).starts(with: whole.dropLast(cut)))
        let verdict = Verdict([scratch.path])
        #expect(verdict.problems == [])
        #expect(verdict.notes.count { $0.contains("torn by a crash") } == (cut == 1 ? 1 : 2))
        // What was torn is sealed too.
        var bytes = scratch.bytes(scratch.path)
        let torn = bytes.firstRange(of: Array("\"reason\":\"stop".utf8))
        if cut > 70, let torn {
            bytes[torn.lowerBound + 3] ^= 1
            scratch.write(bytes, to: scratch.path)
            #expect(Verdict([scratch.path]).problems.count == 2)
        }
    }

    @Test(arguments: [1, 7, 60]) func aTornFirstLineIsKeptAndTold(_ count: Int) throws {
        _ = try scratch.rotate([])
        scratch.write(Array(scratch.bytes(scratch.path).prefix(count)), to: scratch.path)
        _ = try scratch.rotate([1])
        #expect(Verdict([scratch.path]).problems == [])
        #expect(scratch.lines(scratch.path)[1].contains("\"torn_bytes\":\(count),"))
    }

    @Test func withoutRotationReopeningChangesNothing() throws {
        let log = try scratch.open()
        log.reopen()
        log.reopen()
        log.close()
        #expect(scratch.lines(scratch.path).count == 2)
    }

    @Test func aNewFileThatCannotBeUsedLeavesTheOldOneInUse() throws {
        let log = try scratch.open()
        rename(scratch.path, scratch.rotated(0))
        scratch.write(["something"], to: scratch.path)
        log.reopen()
        settle { log.metrics.reopenFailures == 1 }
        #expect(log.metrics.reopenFailures == 1)
        var writer = AuditWriter(log, allowedShare: 1)
        writer.submit(record("/a"), "/a")
        log.close()
        #expect(scratch.lines(scratch.rotated(0)).count == 3)
        #expect(Verdict([scratch.rotated(0)]).problems == [])
    }

    @Test func theHeadIsAnnouncedAndShown() throws {
        let log = try scratch.open()
        var writer = AuditWriter(log, allowedShare: 1)
        writer.submit(record("/a"), "/a")
        log.close()
        let mac = try #require(scratch.lines(scratch.path).last).suffix(66).dropLast(2)
        #expect(scratch.messages.head == "3:\(mac)")
        let metrics = log.metrics
        #expect(String(metrics.shortHead, radix: 16) == mac.prefix(12).drop { $0 == "0" })
        var text = PrometheusText()
        text.write(metrics)
        #expect(String(decoding: text.bytes, as: UTF8.self).contains("postern_audit_seq 3\n"))
    }

    @Test func withoutAKeyItIsAChainAllTheSame() throws {
        let files = try scratch.rotate([2, 2], key: nil)
        #expect(Verdict(files, keys: []).problems == [])
        #expect(scratch.lines(files[0])[0].contains("\"chain\":\"sha256\",\"replica\""))
    }
}
