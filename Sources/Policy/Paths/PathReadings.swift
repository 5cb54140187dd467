import Bytes

/// A path as the two kinds of program behind a proxy would read it: `kept` leaves escapes of anything but unreserved
/// characters as they are (in one spelling), `decoded` undoes them all. Owned by a worker and reused.
///
/// A gate that knew only one of the two could be walked around: `/tool%21x` is not `/tool!x` to one program and is to
/// the next. So both are matched, and a path whose readings pick different routes is refused.
public struct PathReadings: Sendable {
    public private(set) var kept: ContiguousArray<UInt8> = []
    public private(set) var decoded: ContiguousArray<UInt8> = []
    /// Whether the two differ.
    public private(set) var differ = false
    /// Whether an encoded slash was read as a separator, which only some routes permit.
    public private(set) var hasEncodedSlash = false

    public init() {}

    /// Reads `path`, which holds no query. Nil if it may be matched, else why not.
    public mutating func read(_ path: borrowing Span<UInt8>, rules: PathRules) -> PathFault? {
        kept.removeAll(keepingCapacity: true)
        decoded.removeAll(keepingCapacity: true)
        differ = false
        hasEncodedSlash = false
        guard path.count > 0, path[0] == 0x2F else { return .notAbsolute }
        var index = 0
        var isASCII = true
        while index < path.count {
            let byte = path[index]
            index &+= 1
            if byte == 0x25 {
                guard index &+ 1 < path.count, let high = ASCII.hexValue(path[index]),
                    let low = ASCII.hexValue(path[index &+ 1])
                else { return .invalidEscape }
                index &+= 2
                let value = high << 4 | low
                if let fault = append(escaped: value, rules) { return fault }
                isASCII = isASCII && value < 0x80
            } else {
                if let fault = append(raw: byte, rules) { return fault }
                isASCII = isASCII && byte < 0x80
            }
        }
        if !isASCII, !isUTF8 { return .invalidUTF8 }
        return tidySegments(rules)
    }

    private mutating func append(raw byte: UInt8, _ rules: PathRules) -> PathFault? {
        if PathByte.isOrdinary(byte) || byte == 0x2F {
            kept.append(byte)
            decoded.append(byte)
            return nil
        }
        if let fault = PathReadings.fault(of: byte, rules) { return fault }
        if byte == 0x3B { kept.append(byte) } else { appendEscape(byte) }
        decoded.append(byte)
        return nil
    }

    private mutating func append(escaped byte: UInt8, _ rules: PathRules) -> PathFault? {
        if ASCII.isUnreserved(byte) {
            kept.append(byte)
            decoded.append(byte)
            return nil
        }
        if byte == 0x2F {
            hasEncodedSlash = true
            kept.append(byte)
            decoded.append(byte)
            return nil
        }
        if byte == 0x25 { return .encodedPercent }
        if let fault = PathReadings.fault(of: byte, rules) { return fault }
        appendEscape(byte)
        decoded.append(byte)
        return nil
    }

    /// Bytes that mean trouble both raw and decoded.
    private static func fault(of byte: UInt8, _ rules: PathRules) -> PathFault? {
        if PathByte.isControl(byte) && byte != 0x20 { return .controlByte }
        switch byte {
        case 0x5C: return .backslash
        case 0x23: return .fragment
        case 0x3B: return rules.keepsParameters ? nil : .parameter
        default: return nil
        }
    }

    private mutating func appendEscape(_ byte: UInt8) {
        differ = true
        kept.append(0x25)
        kept.append(ASCII.hexDigit(byte >> 4))
        kept.append(ASCII.hexDigit(byte & 15))
    }

    private var isUTF8: Bool { (try? UTF8Span(validating: decoded.span)) != nil }

    /// Refuses, or as the rules say resolves, dot segments and empty segments; then folds and strips.
    private mutating func tidySegments(_ rules: PathRules) -> PathFault? {
        if let fault = PathSegments.tidy(&decoded, rules) { return fault }
        if let fault = PathSegments.tidy(&kept, rules) { return fault }
        return nil
    }
}
