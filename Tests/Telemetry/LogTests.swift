import Glibc
import Logging
import Testing

@testable import Telemetry

@Suite struct LogTests {
    /// What the log writes, read back from a pipe.
    private func lines(_ body: (Logger) -> Void) -> [String] {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let sink = LogSink(descriptor: ends[1])
        body(Logger(label: "test") { _ in JSONLogHandler(sink: sink, level: .info) })
        sink.flush()
        close(ends[1])
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(ends[0], &bytes, bytes.count)
        close(ends[0])
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func anEventIsOneLineOfJSON() {
        let written = lines { $0.notice("re\"ady", metadata: ["b": "2\n", "a": "1"]) }
        #expect(written.count == 1)
        #expect(written[0].hasSuffix("\"level\":\"notice\",\"event\":\"re\\\"ady\",\"a\":\"1\",\"b\":\"2\\n\"}"))
        #expect(written[0].hasPrefix("{\"time\":\"20"))
    }

    @Test func keepsTheOrderAndTheLevel() {
        let written = lines { logger in
            logger.debug("hidden")
            for index in 0..<100 { logger.info("line \(index)") }
        }
        #expect(written.count == 100)
        #expect(written[99].contains("\"line 99\""))
    }

    @Test func writesTimesAsRFC3339() {
        #expect(Timestamp.text(seconds: 951_782_400, nanoseconds: 7_000_000) == "2000-02-29T00:00:00.007Z")
    }
}
