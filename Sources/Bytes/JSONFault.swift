/// Why bytes are not a JSON document we take, and where.
public struct JSONFault: Error, Equatable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        case unexpectedEnd = "unexpected_end"
        case unexpectedByte = "unexpected_byte"
        case badNumber = "bad_number"
        case badEscape = "bad_escape"
        case badUTF8 = "bad_utf8"
        case loneSurrogate = "lone_surrogate"
        case controlByte = "control_byte"
        case duplicateMember = "duplicate_member"
        case tooDeep = "too_deep"
        case trailingBytes = "trailing_bytes"
    }

    public var kind: Kind
    /// Bytes before the fault.
    public var offset: Int

    public init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }
}
