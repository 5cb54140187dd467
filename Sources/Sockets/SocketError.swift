import Glibc

/// A call to the kernel that failed: which, and why.
public struct SocketError: Error, Equatable, CustomStringConvertible {
    public let call: StaticString
    /// An `errno`.
    public let code: Int32

    init(_ call: StaticString, _ code: Int32) {
        self.call = call
        self.code = code
    }

    /// Of the call just made.
    static func current(_ call: StaticString) -> SocketError { SocketError(call, errno) }

    public var description: String { "\(call): \(String(cString: strerror(code)))" }

    public static func == (one: SocketError, other: SocketError) -> Bool { one.code == other.code }
}
