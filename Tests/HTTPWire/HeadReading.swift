import Bytes
import HTTPWire

/// A parsed head with its ranges read out, to be compared with another or with what a vector says.
struct HeadReading: Equatable, Sendable {
    struct Field: Equatable, Sendable {
        var name: [UInt8]
        var value: [UInt8]
    }

    var method: [UInt8]
    var target: [UInt8]
    var minorVersion: UInt8
    var fields: [Field]
    var framing: BodyFraming
    var keepsAlive: Bool
    var expectsContinue: Bool
    var byteCount: Int

    init(_ head: borrowing RequestHead, in bytes: [UInt8]) {
        func cut(_ range: ByteRange) -> [UInt8] { Array(bytes[range.bounds]) }
        method = cut(head.method)
        target = cut(head.target)
        minorVersion = head.minorVersion
        fields = head.fields.map { Field(name: cut($0.name), value: cut($0.value)) }
        framing = head.framing
        keepsAlive = head.keepsAlive
        expectsContinue = head.expectsContinue
        byteCount = head.byteCount
    }

    /// The verdict line of a vector that would describe this head.
    var verdict: String {
        let framing =
            switch self.framing {
            case .none: "none"
            case .sized(let count): "sized(\(count))"
            case .chunked: "chunked"
            }
        return "accepted \(String(decoding: method, as: UTF8.self)) \(String(decoding: target, as: UTF8.self)) "
            + "1.\(minorVersion) \(framing) \(keepsAlive ? "keep-alive" : "close")"
            + (expectsContinue ? " continue" : "")
    }
}

/// What feeding some bytes came to in the end.
enum HeadResult: Equatable {
    case incomplete
    case accepted(HeadReading)
    case refused(WireRefusal)

    var verdict: String {
        switch self {
        case .incomplete: "incomplete"
        case .accepted(let reading): reading.verdict
        case .refused(let refusal): "refused \(refusal)"
        }
    }
}

extension HeadParser {
    /// Feeds `bytes` in pieces that end at each of `cuts` and at the end. Stops where the parser does.
    mutating func feed(_ bytes: [UInt8], cuts: some Sequence<Int>, into head: inout RequestHead) -> HeadResult {
        for cut in Array(cuts) + [bytes.count] {
            switch parse(bytes.span.extracting(..<cut), into: &head) {
            case .incomplete: continue
            case .complete: return .accepted(HeadReading(head, in: bytes))
            case .refused(let refusal): return .refused(refusal)
            }
        }
        return .incomplete
    }
}
