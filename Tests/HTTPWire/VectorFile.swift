import Foundation
import Testing

/// A vector of Vectors/*.http: a name, the bytes to feed, and the lines that say what must become of them.
/// Vectors/README.md describes the format.
struct Vector: CustomTestStringConvertible, Sendable {
    var name: String
    var bytes: [UInt8] = []
    /// The lines that are neither bytes nor comment, in order.
    var lines: [String] = []

    var testDescription: String { name }

    /// All vectors of one file. A missing file traps: the test that asked for it could only pass by testing nothing.
    static func load(_ file: String) -> [Vector] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors")
        let text = try! String(contentsOf: folder.appending(path: file + ".http"), encoding: .utf8)
        var vectors: [Vector] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
            if line.hasPrefix("=== ") {
                vectors.append(Vector(name: file + ": " + line.dropFirst(4)))
            } else if line.hasPrefix(">") {
                vectors[vectors.count - 1].bytes += unescape(line.dropFirst(2))
            } else if !line.hasPrefix("#") {
                vectors[vectors.count - 1].lines.append(String(line))
            }
        }
        return vectors
    }

    /// Takes `\r \n \t \0 \\ \xHH` and `\*N(text)` for what they stand for.
    static func unescape(_ text: Substring) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text
        while let character = rest.popFirst() {
            guard character == "\\", let escape = rest.popFirst() else {
                bytes += Array(String(character).utf8)
                continue
            }
            switch escape {
            case "r": bytes.append(13)
            case "n": bytes.append(10)
            case "t": bytes.append(9)
            case "0": bytes.append(0)
            case "\\": bytes.append(92)
            case "x":
                bytes.append(UInt8(rest.prefix(2), radix: 16)!)
                rest.removeFirst(2)
            case "*":
                let count = Int(rest.prefix { $0 != "(" })!
                let inner = rest.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
                for _ in 0..<count { bytes += unescape(inner) }
                rest = rest.drop { $0 != ")" }.dropFirst()
            default: preconditionFailure("no such escape: \\\(escape)")
            }
        }
        return bytes
    }

    /// The word after `key` on the line that begins with it.
    static func word(after key: String, in line: String) -> String? {
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(of: Substring(key)), place + 1 < words.count else { return nil }
        return String(words[place + 1])
    }
}
