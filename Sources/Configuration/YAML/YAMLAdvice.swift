/// Turns libyaml's words for a syntax error into words that help.
enum YAMLAdvice {
    /// Looks at the faulty line, and never repeats it: it may hold a secret.
    static func message(for fault: YAMLEvents.Fault, in text: ArraySlice<UInt8>) -> String {
        let line = line(fault.position.line, in: text)
        let context = fault.context.map { "\($0), " } ?? ""
        return "not YAML: \(context)\(fault.problem)\(advice(for: fault, line))"
    }

    private static func advice(for fault: YAMLEvents.Fault, _ line: ArraySlice<UInt8>) -> String {
        let blank = line.prefix { $0 == 0x20 || $0 == 0x09 }
        if blank.contains(0x09) { return "; indent with spaces, not tabs" }
        if hasBareVariable(line) { return "; quote `\"${…}\"` between `{` and `}` or `[` and `]`" }
        if fault.context?.contains("alias") == true { return "; quote a word that starts with `*` or `&`" }
        if fault.problem.contains("mapping values are not allowed") {
            return "; is the indentation right, and is a value that holds `: ` quoted?"
        }
        return ""
    }

    /// `${` that no quote precedes: inside `{…}` its brace opens a mapping.
    private static func hasBareVariable(_ line: ArraySlice<UInt8>) -> Bool {
        var previous: UInt8 = 0
        for byte in line {
            if byte == 0x7B, previous == 0x24 { return true }
            if byte == 0x22 || byte == 0x27 { return false }
            previous = byte
        }
        return false
    }

    private static func line(_ number: Int, in text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var start = text.startIndex
        for _ in 1..<max(number, 1) {
            guard let end = text[start...].firstIndex(of: 0x0A) else { return [] }
            start = end + 1
        }
        return text[start...].prefix { $0 != 0x0A }
    }
}
