import NIOCore
import Testing

@testable import RedisStore

@Suite struct ReplyReaderTests {
    private func feed(_ reader: ReplyReader, _ bytes: some Collection<UInt8>) {
        Array(bytes).withUnsafeBytes { reader.feed($0) }
    }

    /// Every reply, whole and at every split.
    @Test(
        arguments: [
            (":42\r\n", ReplyReader.Kind.integer, [42], []), ("+OK\r\n", .status, [], ["OK"]),
            ("-NOSCRIPT No matching script\r\n", .error, [], ["NOSCRIPT No matching script"]),
            ("$-1\r\n", .null, [], []),
            ("$5\r\nhe\r\no\r\n", .string, [], ["he\r\no"]), ("*0\r\n", .array, [], []),
            ("*3\r\n:9007199254740991\r\n:-1\r\n:0\r\n", .array, [9_007_199_254_740_991, -1, 0], []),
            ("*3\r\n$6\r\nmaster\r\n:7\r\n*1\r\n*2\r\n$1\r\na\r\n:8\r\n", .array, [7, 8], ["master", "a"]),
        ] as [(String, ReplyReader.Kind, [Int64], [String])])
    func readsAtEverySplit(text: String, kind: ReplyReader.Kind, integers: [Int64], strings: [String]) {
        let bytes = Array(text.utf8)
        for split in 0...bytes.count {
            let reader = ReplyReader()
            feed(reader, bytes[..<split])
            if split < bytes.count { #expect(reader.next() == .incomplete) }
            feed(reader, bytes[split...])
            #expect(reader.next() == .reply, "split at \(split)")
            #expect(reader.kind == kind)
            #expect(Array(reader.integers) == integers)
            #expect((0..<reader.strings.count).map { reader.string($0) } == strings)
            #expect(reader.next() == .incomplete)
        }
    }

    @Test func repliesThatCameTogetherComeOneByOne() {
        let reader = ReplyReader()
        feed(reader, "+OK\r\n:1\r\n*1\r\n:2\r\n".utf8)
        #expect(reader.next() == .reply)
        #expect(reader.string(0) == "OK")
        #expect(reader.next() == .reply)
        #expect(Array(reader.integers) == [1])
        #expect(reader.next() == .reply)
        #expect(Array(reader.integers) == [2])
        #expect(reader.next() == .incomplete)
    }

    @Test(arguments: ["HTTP/1.1 400\r\n", "*1\r\n?\r\n", "$x\r\n"]) func whatIsNotRESPIsBroken(text: String) {
        let reader = ReplyReader()
        feed(reader, text.utf8)
        #expect(reader.next() == .broken)
    }

    @Test func areplyLongerThanOursIsBroken() {
        let reader = ReplyReader()
        let count = ReplyReader.integersMax + 1
        feed(reader, "*\(count)\r\n".utf8)
        feed(reader, String(repeating: ":1\r\n", count: count).utf8)
        #expect(reader.next() == .broken)
    }

    @Test(arguments: [
        ("NOSCRIPT No matching script. Please use EVAL.", ReplyError.scriptGone),
        ("OOM command not allowed when used memory > 'maxmemory'.", .failure(.outOfMemory)),
        // Redis 6.2 wraps what a command inside a script says.
        (
            "ERR Error running script (call to f_1): @user_script:5: @user_script: 5: -OOM command not allowed",
            .failure(.outOfMemory)
        ),
        ("READONLY You can't write against a read only replica. script: 1, on @user_script:3.", .failure(.replica)),
        ("LOADING Redis is loading the dataset in memory", .failure(.loading)),
        ("BUSY Redis is busy running a script.", .failure(.busy)),
        ("MISCONF Redis is configured to save RDB snapshots", .failure(.persistence)),
        ("NOAUTH Authentication required.", .failure(.authentication)),
        ("NOPERM this user has no permissions to run the 'role' command", .failure(.permission)),
        ("MOVED 3999 127.0.0.1:6381", .moved(slot: 3_999, to: .tcp(host: "127.0.0.1", port: 6_381))),
        // Its own host, an IPv6 address without brackets, and what is no redirect after all.
        ("MOVED 3999 :6381", .moved(slot: 3_999, to: .tcp(host: "", port: 6_381))),
        ("ASK 16383 2001:db8::1:6381", .ask(.tcp(host: "2001:db8::1", port: 6_381))),
        ("MOVED 16384 127.0.0.1:6381", .failure(.cluster)), ("ASK 1 127.0.0.1:0", .failure(.cluster)),
        ("TRYAGAIN Multiple keys request during rehashing of slot", .tryAgain),
        ("CLUSTERDOWN Hash slot not served", .unserved), ("CLUSTERDOWN The cluster is down", .failure(.cluster)),
        ("CROSSSLOT Keys in request don't hash to the same slot", .failure(.cluster)),
        ("NOREPLICAS Not enough good replicas to write.", .failure(.notEnoughReplicas)),
        ("MASTERDOWN Link with MASTER is down", .failure(.replica)),
        ("ERR max number of clients reached", .failure(.tooManyClients)),
        ("WRONGTYPE Operation against a key holding the wrong kind of value", .wrongType),
        ("BUSYGROUP is another word", .failure(.scriptRefused)), ("ERR anything else", .failure(.scriptRefused)),
    ]) func errorsAreClassified(text: String, expected: ReplyError) {
        #expect(ReplyError.classify(text) == expected)
    }
}
