import Bytes

/// How files follow each other: each begins with the head that another ended with. The order they are named in does not
/// matter, and files of several replicas may be mixed.
struct AuditLinks {
    private let files: [AuditFileSummary]
    private var findings: [AuditFinding] = []

    static func findings(_ files: [AuditFileSummary], head: AuditHead?) -> [AuditFinding] {
        var links = AuditLinks(files)
        links.findCopies()
        for file in links.files { links.link(file) }
        links.findEnds()
        if let head { links.find(head) }
        return links.findings
    }

    /// Files without an opening line have been told of already; only their heads count here. In the order they were
    /// opened, as far as clocks can tell.
    private init(_ files: [AuditFileSummary]) {
        self.files = files.sorted {
            ($0.opening?.time ?? "", $0.firstSequence) < ($1.opening?.time ?? "", $1.firstSequence)
        }
    }

    private mutating func findCopies() {
        var seen: [Digest256: String] = [:]
        for file in files {
            guard let opening = file.opening, opening.previous != .genesis else { continue }
            if let other = seen[opening.previous] {
                problem(file, "begins after the same line as \(other): one of them is a copy, or the log was forked")
            } else {
                seen[opening.previous] = file.path
            }
        }
        for (index, file) in files.enumerated() {
            guard let opening = file.opening, opening.previous == .genesis else { continue }
            if let other = files[..<index].first(where: { $0.opening == opening }) {
                problem(file, "begins as \(other.path) does: one of them is a copy")
            }
        }
    }

    private mutating func link(_ file: AuditFileSummary) {
        guard let opening = file.opening, !isContinued(by: opening) else { return }
        let siblings = files.filter { $0.opening?.replica == opening.replica }
        let roots = siblings.filter { $0.opening.map { !isContinued(by: $0) } ?? false }
        let isFirst = roots.first?.path == file.path
        if opening.previous == .genesis {
            if !isFirst { note(file, "begins a chain of its own; nothing ties it to the files before it") }
        } else if isFirst, !follows(one: siblings, of: opening.boot, file) {
            note(file, "begins after line \(file.firstSequence - 1), which is in none of the files given")
        } else {
            problem(file, gap(before: file, siblings))
        }
    }

    private func isContinued(by opening: AuditOpening) -> Bool {
        opening.previous != .genesis && files.contains { $0.last?.head == opening.previous }
    }

    /// Whether the same process wrote an earlier file, whatever its clock said then.
    private func follows(one siblings: [AuditFileSummary], of boot: Digest128, _ file: AuditFileSummary) -> Bool {
        siblings.contains { $0.opening?.boot == boot && $0.firstSequence < file.firstSequence }
    }

    /// Where the missing lines must have been.
    private func gap(before file: AuditFileSummary, _ siblings: [AuditFileSummary]) -> String {
        let earlier = siblings.filter { ($0.last?.sequence ?? 0) < file.firstSequence && $0.path != file.path }
        guard let nearest = earlier.max(by: { ($0.last?.sequence ?? 0) < ($1.last?.sequence ?? 0) }),
            let end = nearest.last?.sequence, end + 1 < file.firstSequence
        else { return "begins after a line that ends none of the files given" }
        return "lines \(end + 1) to \(file.firstSequence - 1) are missing: the end of \(nearest.path) was cut, or a "
            + "file between them is not given"
    }

    /// A file that another follows is whole. The others may have been cut, and only a head from elsewhere can tell.
    private mutating func findEnds() {
        let continued = Set(files.compactMap { $0.opening?.previous })
        for file in files {
            guard let last = file.last, !continued.contains(last.head) else { continue }
            let close = file.isClosed ? "" : ", without a closing line: still written, a crash, or cut"
            note(file, "ends at \(last.sequence):\(last.head.hex)\(close)")
        }
    }

    private mutating func find(_ head: AuditHead) {
        guard !files.contains(where: { $0.headSeen == .matching }), let newest = files.last else { return }
        if let other = files.first(where: { $0.headSeen == .differing }) {
            problem(other, "its line number \(head.sequence) is not the one that the head was taken of")
        } else {
            problem(
                newest,
                "no line number \(head.sequence), of which there was a head: the end was cut, or its file "
                    + "is not given")
        }
    }

    private mutating func problem(_ file: AuditFileSummary, _ text: String) {
        findings.append(AuditFinding(path: file.path, isProblem: true, text: text))
    }

    private mutating func note(_ file: AuditFileSummary, _ text: String) {
        findings.append(AuditFinding(path: file.path, isProblem: false, text: text))
    }
}
