import Bytes
import HTTPWire
import Testing

/// Every head of Vectors/, fed in every way bytes can arrive.
struct HeadVectorTests {
    static let vectors = ["accepted", "request-line", "fields", "framing", "bounds"].flatMap(Vector.load)
    /// Cutting a long vector at every place is quadratic, so those are cut at this many places spread over it.
    static let cutBound = 1000

    @Test(arguments: vectors)
    func whole(_ vector: Vector) throws {
        var parser = HeadParser()
        var head = RequestHead()
        let result = parser.feed(vector.bytes, cuts: [], into: &head)
        #expect(result.verdict == vector.verdict)
        guard case .accepted(let reading) = result else { return }
        #expect(reading.byteCount == vector.bytes.count)
        let fields = try vector.fields
        #expect(fields.isEmpty || reading.fields == fields)
    }

    @Test(arguments: vectors)
    func byteByByte(_ vector: Vector) {
        var parser = HeadParser()
        var head = RequestHead()
        let result = parser.feed(vector.bytes, cuts: 0..<vector.bytes.count, into: &head)
        #expect(result == wholeResult(vector.bytes))
    }

    @Test(arguments: vectors)
    func atEverySplit(_ vector: Vector) {
        let expected = wholeResult(vector.bytes)
        let stride = max(1, vector.bytes.count / Self.cutBound)
        for cut in Swift.stride(from: 0, to: vector.bytes.count, by: stride) {
            var parser = HeadParser()
            var head = RequestHead()
            let result = parser.feed(vector.bytes, cuts: [cut], into: &head)
            #expect(result == expected, "cut at \(cut)")
        }
    }

    /// What came before on a connection changes nothing, though parser and head are the ones used for it.
    @Test(arguments: vectors)
    func pipelined(_ vector: Vector) {
        let first = Array("PUT /first HTTP/1.1\r\nHost: f\r\nX-API-Key: k\r\nContent-Length: 0\r\n\r\n".utf8)
        var parser = HeadParser()
        var head = RequestHead()
        let bytes = first + vector.bytes
        guard case .accepted(let reading) = parser.feed(bytes, cuts: [], into: &head) else {
            Issue.record("the first request was not accepted")
            return
        }
        #expect(reading.byteCount == first.count)
        let result = parser.feed(Array(bytes[reading.byteCount...]), cuts: [], into: &head)
        #expect(result == wholeResult(vector.bytes))
    }

    /// Nor does what comes after a whole head.
    @Test(arguments: vectors.filter { $0.verdict.hasPrefix("accepted") })
    func followed(_ vector: Vector) {
        var parser = HeadParser()
        var head = RequestHead()
        let result = parser.feed(vector.bytes + Array(" \0\r\n".utf8), cuts: [], into: &head)
        #expect(result == wholeResult(vector.bytes))
    }

    @Test
    func everyRefusalOfAHeadHasAVector() {
        let refused = Set(Self.vectors.map(\.verdict).filter { $0.hasPrefix("refused") })
        let ofBodies: Set<WireRefusal> = [
            .malformedChunk, .malformedTrailer, .bodyTooLarge, .chunkExtensionsTooLarge, .trailersTooLarge,
        ]
        for refusal in WireRefusal.allCases where !ofBodies.contains(refusal) {
            #expect(refused.contains("refused \(refusal)"))
        }
    }

    private func wholeResult(_ bytes: [UInt8]) -> HeadResult {
        var parser = HeadParser()
        var head = RequestHead()
        return parser.feed(bytes, cuts: [], into: &head)
    }
}

extension Vector {
    /// `accepted …`, `refused …` or `incomplete`, with the escapes of an accepted target taken.
    var verdict: String { String(decoding: Vector.unescape(lines[0][...]), as: UTF8.self) }

    /// The fields the vector lists, if any.
    var fields: [HeadReading.Field] {
        get throws {
            try lines.dropFirst().map { line in
                let body = try #require(line.hasPrefix("field ") ? line.dropFirst(6) : nil, "\(line)")
                let equals = try #require(body.firstRange(of: " ="), "\(line)")
                return HeadReading.Field(
                    name: Array(body[..<equals.lowerBound].utf8),
                    value: Vector.unescape(body[equals.upperBound...].drop { $0 == " " }))
            }
        }
    }
}
