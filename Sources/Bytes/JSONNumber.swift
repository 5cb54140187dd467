/// A JSON number by its spelling, so that none loses digits on its way through.
public struct JSONNumber: Sendable, Equatable {
    /// As it stood in the document, which the grammar of RFC 8259 section 6 has passed.
    public let text: String

    init(checked text: String) { self.text = text }

    public init(_ value: Int64) { text = String(value) }

    /// The value of a number spelled without fraction and exponent, if 64 bits hold it. `1.0` and `1e3` have none:
    /// a Double in between could round what is not whole.
    public var integer: Int64? {
        for byte in text.utf8 where byte == 0x2E || byte | 0x20 == 0x65 { return nil }
        return Int64(text)
    }

    /// The nearest Double; infinite where the number is beyond all of them.
    public var double: Double { Double(text) ?? .nan }

    /// By spelling: `1` and `1.0` differ.
    public static func == (left: JSONNumber, right: JSONNumber) -> Bool { left.text == right.text }
}
