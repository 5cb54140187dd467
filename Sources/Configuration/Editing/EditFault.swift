/// Why a file is left as it is. The message holds no value of the file.
public struct EditFault: Error, Hashable, Sendable {
    public var position: SourcePosition
    public var message: String

    init(_ position: SourcePosition, _ message: String) {
        self.position = position
        self.message = message
    }
}
