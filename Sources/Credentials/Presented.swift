public import Bytes

/// The credential a request is judged by.
public struct Presented: Sendable {
    public enum Carrier: Sendable { case none, keyHeader, bearer, dpop }

    public var credential = ByteRange.empty
    public var carrier = Carrier.none
    /// A recognised carrier beside the chosen one: never judged, and never let through to the agent.
    public var hasSecond = false
    /// Present, and impossible to choose from.
    public var isAmbiguous = false

    public init() {}

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
        var dots = 0
        for index in 0..<credential.count {
            let byte = credential[index]
            if byte == UInt8(ascii: ".") { dots += 1 } else if !CredentialShape.isBase64URL(byte) { dots = 3 }
        }
        self = dots == 2 ? .jwt : .opaque
    }

    private static func isBase64URL(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == 0x2D || byte == 0x5F
    }
}
