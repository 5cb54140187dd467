/// Why a path was refused. Each is a way in which a proxy and an agent have been seen to disagree.
public enum PathFault: UInt8, CaseIterable, Sendable, Error {
    case notAbsolute, dotSegment, emptySegment, backslash, fragment, controlByte, invalidEscape, invalidUTF8
    case encodedSlash, encodedPercent, parameter
    /// Its two readings, escapes kept and escapes decoded, pick different routes.
    case twoRoutes

    public var description: StaticString {
        switch self {
        case .notAbsolute: "the path does not begin with a slash"
        case .dotSegment: "the path has a dot segment"
        case .emptySegment: "the path has an empty segment"
        case .backslash: "the path has a backslash"
        case .fragment: "the path has a number sign"
        case .controlByte: "the path has a control byte or a space"
        case .invalidEscape: "the path has an invalid percent escape"
        case .invalidUTF8: "the path is not UTF-8"
        case .encodedSlash: "the path has an encoded slash"
        case .encodedPercent: "the path has an encoded percent sign"
        case .parameter: "the path has a semicolon"
        case .twoRoutes: "the path could be read in two ways that lead to different routes"
        }
    }
}
