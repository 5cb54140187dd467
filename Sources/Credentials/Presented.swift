public import Bytes

/// The credential a request is judged by.
public struct Presented: Sendable {
    public enum Carrier: Sendable {
        case none, keyHeader, bearer, dpop
        /// In a WebSocket handshake: beside an offered subprotocol, or in the query.
        case subprotocol, query
    }

    public var credential = ByteRange.empty
    public var carrier = Carrier.none
    /// A recognised carrier beside the chosen one: never judged, and never let through to the agent.
    public var hasSecond = false
    /// Present, and impossible to choose from.
    public var isAmbiguous = false

    /// A token came among the offered subprotocols, judged or not: what is offered must be replaced.
    public var hasHandshakeToken = false

    public init() {}

    /// Adds another carrier, which is judged only if it is the first.
    public mutating func note(_ credential: ByteRange, in carrier: Carrier) {
        if self.carrier != .none { return hasSecond = true }
        self.credential = credential
        self.carrier = carrier
    }

    /// Whether a token came in `Authorization`, judged or not: it must not reach the agent.
    public var mayHoldToken: Bool { carrier == .bearer || carrier == .dpop || hasSecond || isAmbiguous }

    static var ambiguous: Presented {
        var presented = Presented()
        presented.isAmbiguous = true
        return presented
    }
}

/// What a credential looks like, which chooses who judges it (gate.md 8).
public enum CredentialShape: Sendable {
    /// Three parts of base64url, the first of which begins a JSON object.
    case jwt
    case opaque

    /// A first part that begins with `{"` is `eyJ`, and with white space after the brace `ewo`, `ew0`, `eyA` or `ewk`:
    /// so the shape is told by two bytes and two dots, and nothing is decoded. What merely looks like a JWT is judged
    /// as one, and refused as one.
    public init(_ credential: borrowing Span<UInt8>) {
        guard credential.count > 4, credential[0] == UInt8(ascii: "e") else {
            self = .opaque
            return
        }
        guard credential[1] == UInt8(ascii: "y") || credential[1] == UInt8(ascii: "w") else {
            self = .opaque
            return
        }
        self = CredentialShape.dots(credential) == 2 ? .jwt : .opaque
    }

    /// How many dots stand between base64url; nil if anything else does. Eight bytes at a time: every check with a
    /// token, remembered or not, comes through here.
    private static func dots(_ credential: borrowing Span<UInt8>) -> Int? {
        var (dots, index) = (0, 0)
        while index &+ 8 <= credential.count {
            let word = ByteWord(credential.bytes, at: index)
            let dotted = word.marks(equalTo: UInt8(ascii: "."))
            guard base64URL(word) | dotted == ByteWord.all else { return nil }
            dots &+= dotted.nonzeroBitCount
            index &+= 8
        }
        while index < credential.count {
            let byte = credential[index]
            if byte == UInt8(ascii: ".") { dots &+= 1 } else if base64URL(ByteWord(UInt64(byte))) == 0 { return nil }
            index &+= 1
        }
        return dots
    }

    @inline(__always)
    private static func base64URL(_ word: ByteWord) -> UInt64 {
        word.loweringLetters.marks(in: UInt8(ascii: "a")...UInt8(ascii: "z"))
            | word.marks(in: UInt8(ascii: "0")...UInt8(ascii: "9"))
            | word.marks(equalTo: UInt8(ascii: "-")) | word.marks(equalTo: UInt8(ascii: "_"))
    }
}
