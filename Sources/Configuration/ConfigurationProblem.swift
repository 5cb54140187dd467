/// Where something stands in a configuration file. Both count from 1, columns in characters, as editors do.
///
/// Settings keep the position of what may still be refused when the Snapshot is compiled.
public struct SourcePosition: Hashable, Sendable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// Not in the file: a default, or a fault of the file as a whole.
    public static let none = SourcePosition(line: 0, column: 0)
}

/// One thing wrong with a configuration, in the form compilers use, so that editors can jump to it.
///
/// The message never holds the value of a secret, nor that of an environment variable.
public struct ConfigurationProblem: Sendable, Hashable, Error, CustomStringConvertible {
    public enum Severity: Sendable {
        /// Postern does not start, and a reload changes nothing.
        case error
        /// Worth a look; it starts.
        case warning
    }

    public var severity: Severity
    public var file: String
    public var position: SourcePosition
    public var message: String

    public init(_ severity: Severity, file: String, position: SourcePosition, message: String) {
        self.severity = severity
        self.file = file
        self.position = position
        self.message = message
    }

    public var line: Int { position.line }
    public var column: Int { position.column }

    /// `file:line:column: message`; `file: message` where there is no position. Warnings say so.
    public var description: String {
        let place = position == .none ? file : "\(file):\(line):\(column)"
        return severity == .warning ? "\(place): warning: \(message)" : "\(place): \(message)"
    }
}
