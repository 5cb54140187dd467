/// Everything found wrong in one reading of one file, in any order, at most so much of it.
final class ProblemList {
    /// More than anybody reads; a file of 100,000 faulty keys must not become a log of 100,000 lines.
    static let maxPerSeverity = 100

    let file: String
    private var errors: [ConfigurationProblem] = []
    private var warnings: [ConfigurationProblem] = []
    private var omitted = 0

    init(file: String) { self.file = file }

    var hasErrors: Bool { !errors.isEmpty }

    /// Further errors are only counted, so looking for a nearest spelling would be for nothing.
    var isFull: Bool { errors.count == Self.maxPerSeverity }

    func error(_ position: SourcePosition, _ message: String) {
        if isFull { return omitted += 1 }
        let problem = ConfigurationProblem(.error, file: file, position: position, message: message)
        // A framework's file is looked at twice, once in its words and once in Postern's.
        if !errors.contains(problem) { errors.append(problem) }
    }

    func warning(_ position: SourcePosition, _ message: String) {
        if warnings.count == Self.maxPerSeverity { return }
        let problem = ConfigurationProblem(.warning, file: file, position: position, message: message)
        if !warnings.contains(problem) { warnings.append(problem) }
    }

    /// In the order of the file; what concerns no line comes first, and the count of what was left out last.
    func sorted() -> [ConfigurationProblem] {
        var all = (errors + warnings).enumerated().sorted { first, second in
            let (left, right) = (first.element.position, second.element.position)
            return (left.line, left.column, first.offset) < (right.line, right.column, second.offset)
        }.map(\.element)
        if omitted > 0 {
            let message = "and \(omitted) more errors"
            all.append(ConfigurationProblem(.error, file: file, position: .none, message: message))
        }
        return all
    }
}
