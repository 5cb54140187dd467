/// Bytes that must not be shown: an API key, a password, a token.
///
/// Printing, interpolating, dumping or reflecting one gives `<secret>`. It does not wipe its memory; whoever turns
/// it into a digest drops it soon after. Equality is not constant-time and serves tests and duplicate checks only.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var description: String { "<secret>" }
    public var debugDescription: String { "<secret>" }
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
