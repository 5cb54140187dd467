import Bytes
import HTTPWire
import Testing

/// Every body of Vectors/bodies.http, fed in every way bytes can arrive.
struct BodyVectorTests {
    static let vectors = Vector.load("bodies")

    @Test(arguments: vectors)
    func whole(_ vector: Vector) throws {
        let result = try feed(vector, cuts: [])
        #expect(result == (try vector.bodyResult))
    }

    @Test(arguments: vectors)
    func byteByByte(_ vector: Vector) throws {
        let result = try feed(vector, cuts: Array(1..<max(1, vector.bytes.count)))
        #expect(result == (try vector.bodyResult))
    }

    @Test(arguments: vectors)
    func atEverySplit(_ vector: Vector) throws {
        for cut in 0..<vector.bytes.count {
            let result = try feed(vector, cuts: [cut])
            #expect(result == (try vector.bodyResult), "cut at \(cut)")
        }
    }

    /// The bytes of the next request are left alone.
    @Test(arguments: vectors.filter { $0.lines[1].hasPrefix("data") })
    func followed(_ vector: Vector) throws {
        let next = Array("GET / HTTP/1.1\r\n".utf8)
        var reader = try BodyReader(framing: vector.framing, limit: vector.limit)
        var data: [UInt8] = []
        let bytes = vector.bytes + next
        let progress = reader.consume(bytes.span) { data += bytes[$0.bounds] }
        #expect(progress == .done(consumed: vector.bytes.count))
        #expect(BodyResult.data(data) == (try vector.bodyResult))
        #expect(reader.skip(next.span) == .done(consumed: 0))
    }

    @Test
    func everyRefusalOfABodyHasAVector() {
        let refused = Set(Self.vectors.map { $0.lines[1] })
        for refusal in [
            WireRefusal.malformedChunk, .malformedTrailer, .bodyTooLarge, .chunkExtensionsTooLarge, .trailersTooLarge,
        ] {
            #expect(refused.contains("refused \(refusal)"))
        }
    }

    /// Feeds the pieces between `cuts`, each the bytes not yet consumed up to the cut.
    private func feed(_ vector: Vector, cuts: [Int]) throws -> BodyResult {
        var reader = try BodyReader(framing: vector.framing, limit: vector.limit)
        var data: [UInt8] = []
        var start = 0
        for cut in cuts + [vector.bytes.count] {
            let piece = Array(vector.bytes[start..<cut])
            switch reader.consume(piece.span, { data += piece[$0.bounds] }) {
            case .more(let consumed):
                #expect(consumed == piece.count)
                start = cut
            case .done(let consumed):
                #expect(start + consumed == vector.bytes.count)
                return .data(data)
            case .refused(let refusal):
                #expect(reader.skip(piece.span) == .refused(refusal), "a refusal stays")
                return .refused("\(refusal)")
            }
        }
        return .incomplete
    }
}

enum BodyResult: Equatable {
    case incomplete
    case data([UInt8])
    case refused(String)
}

extension Vector {
    var limit: Int64 {
        get throws {
            let word = try #require(Vector.word(after: "limit", in: lines[0]))
            return try #require(Int64(word))
        }
    }

    var framing: BodyFraming {
        get throws {
            let word = try #require(Vector.word(after: "framing", in: lines[0]))
            if word == "none" { return .none }
            if word == "chunked" { return .chunked }
            return .sized(try #require(Int64(word.dropFirst("sized(".count).dropLast())))
        }
    }

    var bodyResult: BodyResult {
        get throws {
            let line = lines[1]
            if line == "incomplete" { return .incomplete }
            if line.hasPrefix("data") { return .data(Vector.unescape(line.dropFirst("data ".count))) }
            return .refused(try #require(Vector.word(after: "refused", in: line)))
        }
    }
}
