import Bytes

extension SettingsDecoder {
    static let maxPathBytes = 2_048
    static let maxSegments = 64

    func paths(_ file: Section) -> PathSettings {
        let section = section(file, "paths", .paths)
        var settings = PathSettings()
        settings.resolveDots = flag(section, "resolve_dots", or: false)
        settings.mergeSlashes = flag(section, "merge_slashes", or: false)
        settings.pathParameters = word(section, "path_parameters", or: PathSettings.ParameterRule.reject)
        settings.caseInsensitive = flag(section, "case_insensitive", or: false)
        settings.stripPrefix = stripPrefix(section)
        return settings
    }

    private func stripPrefix(_ section: Section) -> String? {
        guard let node = section["strip_prefix"],
            let path = pattern(node, "strip_prefix")
        else { return nil }
        if path.hasSuffix("/") || path.contains("*") || path.contains("%") {
            problems.error(node.position, "`strip_prefix` must be a plain path without `*`, `%` and a `/` at its end")
            return nil
        }
        return path
    }

    /// A path pattern: `/`, then segments that a request could have. A pattern that can match nothing, because such
    /// requests are refused first (gate.md 2), is an error here.
    func pattern(_ node: YAMLNode, _ key: String) -> String? {
        guard let text = name(node, key, atMost: Self.maxPathBytes) else { return nil }
        if let fault = Self.patternFault(text.value) {
            problems.error(node.position, "`\(key)` \(fault)")
            return nil
        }
        return text.value
    }

    private static func patternFault(_ path: String) -> String? {
        guard path.hasPrefix("/") else { return "must start with `/`" }
        var segments = path.utf8.dropFirst().split(separator: 0x2F, omittingEmptySubsequences: false)
        if segments.last?.isEmpty == true { segments.removeLast() }
        if segments.count > maxSegments { return "has more than \(maxSegments) segments" }
        for segment in segments {
            if let fault = segmentFault(Array(segment)) { return fault }
        }
        return escapeFault(Array(path.utf8))
    }

    private static func segmentFault(_ segment: [UInt8]) -> String? {
        if segment.isEmpty { return "has an empty segment (`//`)" }
        if segment == [0x2E] || segment == [0x2E, 0x2E] { return "has a `.` or `..` segment" }
        if segment.contains(0x2A), segment != [0x2A], segment != [0x2A, 0x2A] {
            return "has `*` within a segment; `*` stands for one whole segment, `**` for any number"
        }
        if segment.contains(0x7B) || segment.contains(0x7D) { return "has braces; a segment that varies is `*`" }
        let marks: [UInt8: String] = [0x3F: "?", 0x23: "#", 0x5C: "\\"]
        if let mark = segment.lazy.compactMap({ marks[$0] }).first { return "holds `\(mark)`, which no path matches" }
        return nil
    }

    /// Requests with `%2F`, `%5C` or `%25` are refused, and one whose `%2F` is a separator is matched as `/`.
    private static func escapeFault(_ path: [UInt8]) -> String? {
        for index in path.indices where path[index] == 0x25 {
            guard index + 2 < path.count, let high = ASCII.hexValue(path[index + 1]),
                let low = ASCII.hexValue(path[index + 2])
            else { return "has a `%` without two hexadecimal digits" }
            let byte = high << 4 | low
            if byte < 0x20 || byte == 0x7F || byte == 0x2F || byte == 0x5C || byte == 0x25 {
                return "has an escape that no path matches"
            }
        }
        return nil
    }
}
