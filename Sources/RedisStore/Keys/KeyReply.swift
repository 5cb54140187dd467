import Bytes

/// A reply that may be kept: the reader's own is gone with the next one.
struct KeyReply: Sendable {
    enum Element: Sendable, Equatable {
        case text([UInt8])
        case integer(Int64)
        case null

        var text: [UInt8]? { if case .text(let text) = self { text } else { nil } }
        var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    }

    /// All scalars in order; what arrays they lay in is lost.
    var elements: [Element] = []
    var error: String?

    init(_ reader: ReplyReader) {
        if reader.kind == .error {
            error = reader.string(0)
            return
        }
        var (strings, integers) = (reader.strings[...], reader.integers[...])
        for element in reader.shape {
            switch element {
            case .array: break
            case .null: elements.append(.null)
            case .integer: elements.append(.integer(integers.popFirst() ?? 0))
            case .string:
                let range = strings.popFirst() ?? ByteRange.empty
                elements.append(.text(Array(reader.text[range.bounds])))
            }
        }
    }

    func string(_ index: Int) -> String? {
        guard index < elements.count, let text = elements[index].text else { return nil }
        return String(decoding: text, as: UTF8.self)
    }
}
