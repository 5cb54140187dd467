import Bytes

/// What one file says of its place among others.
struct AuditFileSummary {
    enum HeadSeen { case no, matching, differing }

    var path: String
    /// Its first line, where that opens it.
    var opening: AuditOpening?
    var firstSequence: UInt64 = 0
    /// After its last line, as that line states it.
    var last: AuditChain.Place?
    var lines = 0
    /// Whether the last line says that there is no other.
    var isClosed = false
    /// Of the line that the head given by the operator is about.
    var headSeen = HeadSeen.no
}

/// Follows one file's chain, a line at a time. After a fault it goes on from what the faulty line states, so that each
/// fault is told once and with its line.
struct AuditFileCheck {
    /// Problems listed for one file; what is beyond is counted.
    static let problemsMax = 20

    private(set) var summary: AuditFileSummary
    private(set) var findings: [AuditFinding] = []
    private var problems = 0
    /// By `AuditSeal.keyID`; 0 is the chain without a key.
    private let seals: [UInt64: AuditSeal]
    private let head: AuditHead?
    /// Nil until an opening line names it, and where its key was not given.
    private var seal: AuditSeal?
    private var number = 0
    private var unread = Unread()

    /// Lines in a row that are none of ours. Whether a crash left them is told by the opening line that follows.
    private struct Unread {
        var bytes: [UInt8] = []
        var firstLine = 0
        var lines = 0
        var endsWhole = true

        func matches(_ torn: (count: Int, digest: Digest256), _ seal: AuditSeal?) -> Bool {
            let rest = bytes.count - torn.count
            guard rest == 0 || rest == 1 && bytes.last == 0x0A, let seal else { return false }
            return seal.digest(bytes.span.extracting(..<torn.count)) == torn.digest
        }
    }

    init(path: String, seals: [UInt64: AuditSeal], head: AuditHead?) {
        summary = AuditFileSummary(path: path)
        self.seals = seals
        self.head = head
    }

    /// - Parameters:
    ///   - bytes: a line without its line feed.
    ///   - isWhole: whether the line feed was there.
    mutating func read(_ bytes: borrowing Span<UInt8>, isWhole: Bool) {
        number += 1
        guard let line = AuditLine(bytes) else { return keep(bytes, isWhole) }
        var opening: AuditOpening?
        if line.kind == .open {
            guard let read = AuditOpening(line, bytes) else { return keep(bytes, isWhole) }
            opening = read
            begin(read)
        }
        settle(before: opening)
        follow(line, opening, bytes)
    }

    mutating func end() {
        if unread.lines == 1, !unread.endsWhole {
            note(unread.firstLine, "ends in the middle of a line: it is being written, or a crash cut it off")
        } else {
            settle(before: nil)
        }
        if summary.lines == 0 { problem(nil, "holds no audit line") }
        if problems > AuditFileCheck.problemsMax {
            findings.append(
                AuditFinding(
                    path: summary.path, isProblem: true,
                    text: "\(problems - AuditFileCheck.problemsMax) more problems are not listed"))
        }
    }

    private mutating func keep(_ bytes: borrowing Span<UInt8>, _ isWhole: Bool) {
        if unread.lines == 0 { unread.firstLine = number }
        unread.lines += 1
        unread.endsWhole = isWhole
        guard unread.bytes.count <= AuditFile.tailBytesMax else { return }
        unread.bytes += bytes.copy()
        if isWhole { unread.bytes.append(0x0A) }
    }

    /// Chooses the seal that holds from here on.
    private mutating func begin(_ opening: AuditOpening) {
        seal = seals[opening.keyID]
        if opening.keyID != 0, seal == nil {
            var name = ByteWriter()
            name.write(hex: opening.keyID)
            let known = seals.count > 1 ? "none of the keys given" : "no key was given"
            problem(number, "is sealed with key \(String(decoding: name.bytes, as: UTF8.self)); \(known)")
        } else if opening.keyID == 0, seals.count > 1 {
            problem(number, "begins a chain without a key: it proves nothing to the key that was given")
        }
    }

    /// What could not be read before this line was left there by a crash, and is told of in an opening line; or it is
    /// somebody's work.
    private mutating func settle(before opening: AuditOpening?) {
        defer { unread = Unread() }
        if let torn = opening?.torn, unread.matches(torn, seals[0]) {
            return note(unread.firstLine, "\(torn.count) bytes were torn by a crash; the next line says so")
        }
        let (first, count) = (unread.firstLine, unread.lines)
        if count == 1 { problem(first, "is not an audit line") }
        if count > 1 { problem(first, "lines \(first) to \(first + count - 1) are not audit lines") }
        if opening?.torn != nil { problem(number, "speaks of torn bytes that are not before it") }
    }

    /// Checks a line's number and its seal.
    private mutating func follow(_ line: AuditLine, _ opening: AuditOpening?, _ bytes: borrowing Span<UInt8>) {
        var previous = opening?.previous
        if let last = summary.last {
            if line.sequence <= last.sequence {
                return problem(number, "is out of order: number \(line.sequence) follows \(last.sequence)")
            }
            if line.sequence > last.sequence + 1 {
                problem(number, missing(last.sequence + 1, line.sequence - 1))
            } else if let opening, opening.previous != last.head {
                problem(number, "opens after another line than the one before it")
            } else {
                previous = last.head
            }
        } else {
            summary.opening = opening
            summary.firstSequence = line.sequence
            if opening == nil { problem(number, "does not open the file: lines before it are missing") }
        }
        let isSealed = check(line, after: previous, bytes)
        if isSealed, let head, head.sequence == line.sequence {
            summary.headSeen = head.matches(line.mac) ? .matching : .differing
        }
        summary.last = AuditChain.Place(sequence: line.sequence, head: line.mac)
        summary.lines += 1
        summary.isClosed = line.kind == .close
    }

    /// - Parameter previous: nil where the line before is not there, and nothing can be said.
    private mutating func check(_ line: AuditLine, after previous: Digest256?, _ bytes: borrowing Span<UInt8>) -> Bool {
        guard let seal, let previous else { return false }
        if seal.head(after: previous, bytes.extracting(line.sealed)) == line.mac { return true }
        problem(number, "was changed, or was not written after the line before it")
        return false
    }

    private func missing(_ first: UInt64, _ last: UInt64) -> String {
        first == last ? "line number \(first) is missing before it" : "lines \(first) to \(last) are missing before it"
    }

    private mutating func problem(_ line: Int?, _ text: String) {
        problems += 1
        guard problems <= AuditFileCheck.problemsMax else { return }
        findings.append(AuditFinding(path: summary.path, line: line, isProblem: true, text: text))
    }

    private mutating func note(_ line: Int?, _ text: String) {
        findings.append(AuditFinding(path: summary.path, line: line, isProblem: false, text: text))
    }
}
