import Bytes

/// A pattern over a whole identity, for roles: `*` is any text within a part, `**` any text at all, and everything else
/// stands for itself. Parts lie between `/` in a SPIFFE ID, `.` in a DNS name, `@` in an email, `,` in a subject.
///
///     spiffe://example.org/agents/*      spiffe://example.org/**      *.agents.example.org      **,O=Example
///
/// A backslash and what follows are one unit, as in RFC 4514: `CN=*,O=Example` does not match the lone name of
/// somebody called `x,O=Example`, which is written `CN=x\,O=Example`.
///
/// Up to the first star bytes are compared, which settles most of ten thousand patterns; behind it identity and pattern
/// are walked once, side by side, so that no identity can make it slow.
public struct CertificatePattern: Sendable, Equatable {
    private enum Piece: Sendable, Equatable {
        case byte(UInt8)
        /// Any run of bytes, the separator among them or not; none as well.
        case run(crossing: Bool)
    }

    /// The longest pattern, in bytes.
    public static let bytesMax = 1_024

    /// What stands before the first star, and what follows from it.
    private var prefix: [UInt8] = []
    private var pieces: [Piece] = []

    /// nil for a text that is empty, too long, not printable ASCII, or has three stars in a row.
    public init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= CertificatePattern.bytesMax,
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F })
        else { return nil }
        var stars = 0
        for byte in CertificatePattern.units(text) {
            stars = byte == 0x2A ? stars + 1 : 0
            switch stars {
            case 0 where pieces.isEmpty: prefix.append(byte)
            case 0: pieces.append(.byte(byte))
            case 1: pieces.append(.run(crossing: false))
            case 2: pieces[pieces.count - 1] = .run(crossing: true)
            default: return nil
            }
        }
    }

    public func matches(_ identity: CertificateIdentity) -> Bool {
        let text = CertificatePattern.units(identity.text)
        guard text.starts(with: prefix) else { return false }
        if pieces.isEmpty { return text.count == prefix.count }
        // reached[i]: the pieces before i can stand for the bytes read so far.
        var reached = [Bool](repeating: false, count: pieces.count + 1)
        reached[0] = true
        passRuns(&reached)
        for byte in text.dropFirst(prefix.count) {
            var next = [Bool](repeating: false, count: reached.count)
            for (index, piece) in pieces.enumerated() where reached[index] {
                switch piece {
                case .byte(byte): next[index + 1] = true
                case .byte: break
                case .run(let crossing): if crossing || byte != identity.kind.separator { next[index] = true }
                }
            }
            passRuns(&next)
            reached = next
        }
        return reached[pieces.count]
    }

    /// The bytes of ASCII text, with a backslash taken into the byte behind it, which no ASCII is then equal to.
    private static func units(_ text: String) -> [UInt8] {
        var units: [UInt8] = []
        var isEscaped = false
        for byte in text.utf8 {
            if byte == 0x5C, !isEscaped {
                isEscaped = true
            } else {
                units.append(isEscaped ? byte | 0x80 : byte)
                isEscaped = false
            }
        }
        return isEscaped ? units + [0x5C] : units
    }

    /// A run may be empty.
    private func passRuns(_ reached: inout [Bool]) {
        for (index, piece) in pieces.enumerated() where reached[index] {
            if case .run = piece { reached[index + 1] = true }
        }
    }
}

/// What identities of one pattern may be.
public struct CertificateRoleRule: Sendable, Equatable {
    public var pattern: CertificatePattern
    public var roles: [String]
    public var tenant: String?

    public init(pattern: CertificatePattern, roles: [String], tenant: String? = nil) {
        self.pattern = pattern
        self.roles = roles
        self.tenant = tenant
    }
}
