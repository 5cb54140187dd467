import Bytes
import Foundation
import HTTPWire
import NIOHTTP1
import Testing

/// Whatever our parser accepts, llhttp accepts with the same meaning: the same method, target, version, fields, body
/// and fate of the connection. A gateway whose parser can be read around is none.
///
/// POSTERN_PROPERTY_HEADS sets how many heads are made; POSTERN_PROPERTY_SEED where their seeds begin.
struct HTTPOracleTests {
    static let shards = 4
    /// After this many disagreements a shard stops: the first tell as much as all.
    static let reportBound = 5

    #if DEBUG
        static let defaultCount = 50_000
    #else
        static let defaultCount = 1_000_000
    #endif

    static func setting(_ name: String, _ otherwise: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? otherwise
    }

    static let count = setting("POSTERN_PROPERTY_HEADS", defaultCount)
    static let firstSeed = UInt64(setting("POSTERN_PROPERTY_SEED", 20_261_121))

    @Test(arguments: 0..<shards)
    func whatWeAcceptLlhttpAcceptsWithTheSameMeaning(_ shard: Int) {
        let oracle = HTTPOracle()
        var tally = Tally()
        let share = Self.count / Self.shards
        for number in 0..<share where tally.reports < Self.reportBound {
            let seed = Self.firstSeed &+ UInt64(shard * share + number)
            check(seed, oracle, &tally)
        }
        tally.expectVariety(of: share)
    }

    private func check(_ seed: UInt64, _ oracle: HTTPOracle, _ tally: inout Tally) {
        let bytes = HTTPHeadGenerator.head(seed: seed)
        var parser = HeadParser()
        let outcome = parser.parse(bytes.span, into: &tally.head)
        if case .complete = outcome {
            tally.count()
            if let difference = oracle.disagreement(tally.head, bytes) {
                tally.reports += 1
                Issue.record(
                    "seed \(seed): \(difference)\n\(String(reflecting: String(decoding: bytes, as: UTF8.self)))")
            }
        }
        // The same bytes in two pieces come to the same thing.
        let cut = Int(seed % UInt64(bytes.count + 1))
        parser.reset()
        let first = parser.parse(bytes.span.extracting(..<cut), into: &tally.other)
        let second = first == .incomplete ? parser.parse(bytes.span, into: &tally.other) : first
        if second != outcome || outcome == .complete && !tally.head.isSame(tally.other) {
            tally.reports += 1
            Issue.record("seed \(seed): cut at \(cut) gives \(second) instead of \(outcome)")
        }
    }

    /// Chunked bodies, by the same rule.
    @Test
    func theBodiesWeAcceptLlhttpAccepts() {
        let oracle = HTTPOracle()
        var accepted = 0
        let count = Self.count / 10
        for number in 0..<count {
            let seed = Self.firstSeed &+ UInt64(number)
            let bytes = HTTPBodyGenerator.body(seed: seed)
            var reader = BodyReader(framing: .chunked, limit: 1 << 20)
            var data: [UInt8] = []
            guard case .done(let consumed) = reader.consume(bytes.span, { data += bytes[$0.bounds] }) else { continue }
            accepted += 1
            if let difference = oracle.disagreement(chunked: Array(bytes[..<consumed]), data: data) {
                Issue.record(
                    "seed \(seed): \(difference)\n\(String(reflecting: String(decoding: bytes, as: UTF8.self)))")
                break
            }
        }
        #expect(accepted * 4 > count)
    }

    /// The comparison is worth nothing unless it sees a difference in each thing it compares.
    @Test(arguments: 0..<7)
    func theOracleSeesADifference(_ kind: Int) {
        let bytes = Array("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nX: y\r\n\r\n".utf8)
        var parser = HeadParser()
        var head = RequestHead()
        #expect(parser.parse(bytes.span, into: &head) == .complete)
        #expect(HTTPOracle().disagreement(head, bytes) == nil)
        switch kind {
        case 0: head.target.count -= 1
        case 1: head.minorVersion = 0
        case 2: head.fields.removeLast()
        case 3: head.fields[2].value.start -= 1
        case 4: head.framing = .none
        case 5: head.framing = .sized(4)
        default: head.framing = .chunked
        }
        #expect(HTTPOracle().disagreement(head, bytes) != nil)
    }

    @Test
    func theOracleSeesAnotherFate() {
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8)
        var parser = HeadParser()
        var head = RequestHead()
        #expect(parser.parse(bytes.span, into: &head) == .complete)
        head.keepsAlive = true
        #expect(HTTPOracle().disagreement(head, bytes) != nil)
    }
}

/// How many heads of each sort were accepted, and the heads reused from one to the next.
private struct Tally: ~Copyable {
    var head = RequestHead()
    var other = RequestHead()
    var reports = 0
    private var accepted = 0
    private var chunked = 0
    private var sized = 0
    private var closed = 0
    private var old = 0

    mutating func count() {
        accepted += 1
        if head.framing == .chunked { chunked += 1 }
        if case .sized = head.framing { sized += 1 }
        if !head.keepsAlive { closed += 1 }
        if head.minorVersion == 0 { old += 1 }
    }

    /// A run that accepted too little, or little of one sort, has compared too little.
    func expectVariety(of total: Int) {
        guard reports == 0, total >= 1000 else { return }
        #expect(accepted * 4 > total, "\(accepted) of \(total) accepted")
        for some in [chunked, sized, closed, old] { #expect(some * 100 > total, "\(some) of \(total)") }
    }
}

extension RequestHead {
    fileprivate func isSame(_ other: borrowing RequestHead) -> Bool {
        method == other.method && target == other.target && minorVersion == other.minorVersion
            && fields == other.fields && framing == other.framing && keepsAlive == other.keepsAlive
            && expectsContinue == other.expectsContinue && byteCount == other.byteCount
    }
}
