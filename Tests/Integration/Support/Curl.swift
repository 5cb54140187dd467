import Foundation

/// curl's view of an answer: every head it saw, in order, and the last body.
struct Curl {
    var exit: Int32
    /// Start line and headers of each answer, `100 Continue` included.
    var heads: [HTTPHead] = []
    var body = ""
    /// curl's own words on a failure.
    var errors: String

    /// `arguments` may hold anything but `-i`, which is added; a URL must be among them.
    init(_ arguments: [String], scratch: ScratchFolder) throws {
        let command = try Command("curl", ["-sS", "-i", "--max-time", "10"] + arguments, scratch: scratch)
        exit = command.status
        errors = command.errors
        var rest = Substring(command.output)
        while rest.hasPrefix("HTTP/"), let end = rest.firstRange(of: "\r\n\r\n") {
            heads.append(try HTTPHead(Array(rest[..<end.lowerBound].utf8)))
            rest = rest[end.upperBound...]
        }
        body = String(rest)
    }

    /// Of the last head; 0 where there was no answer.
    var status: Int { heads.last.flatMap { $0.startLine.count > 1 ? Int($0.startLine[1]) : nil } ?? 0 }

    subscript(name: String) -> String? { heads.last?[name] }
}
