import Bytes
import Domain
import Glibc
import Synchronization
import Testing

@testable import Telemetry

/// More than the file takes, or the disk holds, and rotations meanwhile.
@Suite struct AuditPressureTests {
    private let scratch = AuditScratch()

    @Test func rotationUnderLoadLosesAndDoublesNothing() throws {
        let log = try scratch.open()
        let (threads, each, rotations) = (4, 5_000, 20)
        let workers = (0..<threads).map { thread in
            TestThread {
                var writer = AuditWriter(log, allowedShare: 1)
                for index in 0..<each { writer.submit(record("/\(thread)/\(index)"), "/\(thread)/\(index)") }
            }
        }
        for number in 0..<rotations {
            rename(scratch.path, scratch.rotated(number))
            log.reopen()
            settle { access(self.scratch.path, F_OK) == 0 }
        }
        for worker in workers { worker.wait() }
        #expect(log.close())
        #expect(log.metrics.dropped == 0)
        let files = (0..<rotations).map(scratch.rotated) + [scratch.path]
        let verdict = Verdict(files.shuffled(), head: scratch.messages.head)
        #expect(verdict.problems == [])
        let paths = files.flatMap(scratch.lines).compactMap { line in
            line.firstRange(of: "\"path\":\"").map { line[$0.upperBound...].prefix { $0 != "\"" } }
        }
        #expect(paths.count == threads * each)
        for thread in 0..<threads {
            let own = paths.filter { $0.hasPrefix("/\(thread)/") }
            #expect(own == (0..<each).map { "/\(thread)/\($0)" })
        }
    }

    @Test func whatIsDroppedIsCountedInTheChain() throws {
        // A pipe that nobody reads holds the thread up until the queue is full.
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        let log = AuditLog(
            AuditFile(descriptor: ends[1]), key: Array(AuditScratch.key.utf8), replica: "r", queueBytes: 0,
            logger: scratch.messages.logger)
        var writer = AuditWriter(log, allowedShare: 1)
        var submitted = 0
        while log.metrics.dropped < 100, submitted < 100_000 {
            writer.submit(record("/a"), "/a")
            submitted += 1
        }
        let written = readAll(ends[0]) { log.close() }
        close(ends[1])
        scratch.write(written, to: scratch.path)
        #expect(Verdict([scratch.path]).problems == [])
        let lines = scratch.lines(scratch.path)
        let drops = lines.filter { $0.contains("\"kind\":\"drop\"") }.compactMap { line in
            line.firstRange(of: "\"dropped\":").flatMap { Int(line[$0.upperBound...].prefix { $0.isNumber }) }
        }
        #expect(drops.reduce(0, +) == Int(log.metrics.dropped))
        #expect(lines.count { $0.contains("\"kind\":\"check\"") } == submitted - Int(log.metrics.dropped))
    }

    @Test func afterClosingEverythingIsDropped() throws {
        let log = try scratch.open()
        log.close()
        var writer = AuditWriter(log, allowedShare: 1)
        writer.submit(record("/a"), "/a")
        #expect(log.metrics.dropped == 1)
        #expect(scratch.lines(scratch.path).count == 2)
    }

    @Test func aFullDiskIsCountedAndSurvived() throws {
        let log = try scratch.open(.file("/dev/full"))
        var writer = AuditWriter(log, allowedShare: 1)
        writer.submit(record("/a"), "/a")
        settle { log.metrics.writeErrors >= 2 }
        #expect(log.metrics.writeErrors >= 2)
        #expect(!log.metrics.isHealthy)
        #expect(log.metrics.sequence == 0)
        #expect(scratch.messages.all.count { $0.contains("No space left on device") } == 1)
        #expect(!log.close(seconds: 0.1))
        #expect(log.metrics.lost == 1)
    }

    /// The old file takes half a line and no more; the new one gets the rest, and the chain holds.
    @Test func aFileGivenUpInTheMiddleOfALineLosesNothing() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        let old = AuditFile(descriptor: ends[1])
        var output = AuditOutput(chain: AuditChain(after: .init(), key: nil), reserving: 0)
        var bodies: [[UInt8]] = []
        for index in 0..<5_000 { bodies.append(Array("\"kind\":\"check\",\"n\":\(index)".utf8)) }
        for (index, body) in bodies.enumerated() { output.append(body.span, from: index..<index + 1) }
        #expect(output.write(to: old) == .full)
        let first = output.takeBack()
        close(ends[1])
        let half = readAll(ends[0])
        #expect(half.count { $0 == 0x0A } == first)
        #expect(first > 0 && first < bodies.count)
        #expect(output.linesWritten == UInt64(first))

        var rest = ByteWriter()
        for body in bodies[first...] { output.chain.append(body.span, to: &rest) }
        let whole = half.prefix(through: half.lastIndex(of: 0x0A) ?? 0)
        var expected = AuditChain(after: .init(), key: nil)
        var lines = ByteWriter()
        for body in bodies { expected.append(body.span, to: &lines) }
        #expect(Array(whole) + rest.bytes == Array(lines.bytes))
    }

    /// The same with the thread: a rotation while the old file is stuck.
    @Test func rotatingAwayFromAStuckFileLosesNothing() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        let log = AuditLog(
            AuditFile(descriptor: ends[1], path: scratch.path), key: Array(AuditScratch.key.utf8), replica: "r",
            queueBytes: AuditLog.queueBytesDefault, logger: scratch.messages.logger)
        var writer = AuditWriter(log, allowedShare: 1)
        for index in 0..<2_000 { writer.submit(record("/\(index)"), "/\(index)") }
        settle { log.metrics.waiting == 0 }
        log.reopen()
        settle { access(self.scratch.path, F_OK) == 0 }
        #expect(log.close())
        close(ends[1])
        scratch.write(readAll(ends[0]), to: scratch.rotated(0))
        let files = [scratch.rotated(0), scratch.path]
        let verdict = Verdict(files, head: scratch.messages.head)
        #expect(verdict.problems == [])
        #expect(verdict.notes.contains { $0.hasPrefix("ends in the middle of a line") })
        let whole = scratch.text(files[0]).split(separator: "\n").filter { $0.hasSuffix("\"}") }.map(String.init)
        let paths = (whole + scratch.lines(files[1])).compactMap { line in
            line.firstRange(of: "\"path\":\"").map { String(line[$0.upperBound...].prefix { $0 != "\"" }) }
        }
        #expect(paths == (0..<2_000).map { "/\($0)" })
        #expect(whole.count > 10 && scratch.lines(files[1]).count > 10)
    }

    /// Everything a pipe gives until `body` has returned and it is empty.
    private func readAll(_ descriptor: Int32, while body: @escaping @Sendable () -> Void = {}) -> [UInt8] {
        var bytes: [UInt8] = []
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        let thread = TestThread(body)
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let wasDone = thread.isDone
            let count = read(descriptor, &chunk, chunk.count)
            if count > 0 {
                bytes += chunk[..<count]
            } else if wasDone {
                break
            } else {
                usleep(500)
            }
        }
        close(descriptor)
        return bytes
    }
}
