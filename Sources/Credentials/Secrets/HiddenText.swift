/// Text that must not be shown: a token or a password that leads to other secrets. Printing, interpolating, dumping or
/// reflecting one gives `<secret>`.
public struct HiddenText: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public let text: String

    public init(_ text: String) { self.text = text }

    public var description: String { "<secret>" }
    public var debugDescription: String { "<secret>" }
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
