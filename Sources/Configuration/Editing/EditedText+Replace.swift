// Values that change, and keys that go.

extension EditedText {
    /// Gives an entry another value. Text keeps the quotes it is in, and a comment stays behind it.
    mutating func replace(_ entry: MarkedEntry, of mapping: MarkedNode, with value: EditValue) throws(EditFault) {
        let old = entry.value
        if case .text(let text) = value, old.text == text, !old.isNull { return }
        if !old.isAlias {
            try refuseUsedAnchors(of: old, within: anchors(in: old), outside: old.bytes)
        }
        if case .map(let entries) = value, mapping.style == .block {
            return try fill(entry, of: mapping, with: entries)
        }
        guard old.style != .block || old.isAlias || old.text != nil else {
            return try replaceLines(of: entry, with: value)
        }
        let range = content(of: old)
        let new = Array(spelled(value, like: old).utf8)
        if range.isEmpty { return try apply([(range, [0x20] + new)]) }
        // A block scalar's bytes end with its last line.
        let lineBreak = lines.isAfterBreak(range.upperBound) ? lines.style(before: range.upperBound) : []
        try apply([(range, new + lineBreak)])
    }

    /// A value without its anchor and tag, which stay.
    private func content(of node: MarkedNode) -> Range<Int> {
        guard !node.isAlias else { return node.bytes }
        var start = node.bytes.lowerBound
        while start < node.bytes.upperBound, text[start] == 0x26 || text[start] == 0x21 {
            start = text[start..<node.bytes.upperBound].firstIndex { $0 <= 0x20 } ?? node.bytes.upperBound
            while start < node.bytes.upperBound, text[start] <= 0x20 { start += 1 }
        }
        return start..<node.bytes.upperBound
    }

    private func spelled(_ value: EditValue, like old: MarkedNode) -> String {
        guard case .text(let text) = value else { return value.inline(isJSON: isJSON) }
        switch old.style {
        case .doubleQuoted: return EditValue.quoted(text)
        case .singleQuoted: return "'" + text.replacing("'", with: "''") + "'"
        default: return EditValue.spelled(text, isFlow: root?.style == .flow || old.style == .flow, isJSON: isJSON)
        }
    }

    /// A mapping where nothing was: on lines of its own below the key.
    private mutating func fill(
        _ entry: MarkedEntry, of mapping: MarkedNode, with entries: [(key: String, value: EditValue)]
    ) throws(EditFault) {
        guard entry.value.isNull, let key = entry.key.text, let colon = colonEnd(of: entry) else {
            throw fault(entry.value, "`\(entry.key.text ?? "this")` is no mapping of `key: value` lines")
        }
        let word = content(of: entry.value)
        if !word.isEmpty { try apply([(trimmed(word, after: colon), [])]) }
        let line = lines.start(of: entry.key.bytes.lowerBound)
        let column = lines.column(of: entry.key.bytes.lowerBound)
        let new = EditValue.lines(key, .map(entries), step: 2).dropFirst()
        try put(Array(new), at: lines.end(of: line).next, column: column)
    }

    /// A word, and the blanks before it.
    private func trimmed(_ range: Range<Int>, after index: Int) -> Range<Int> {
        var start = range.lowerBound
        while start > index, text[start - 1] == 0x20 || text[start - 1] == 0x09 { start -= 1 }
        return start..<range.upperBound
    }

    /// A block list or mapping gives way to a value on the key's own line, before the comment there.
    private mutating func replaceLines(of entry: MarkedEntry, with value: EditValue) throws(EditFault) {
        let old = entry.value
        guard old.anchor == nil, old.tag == nil, let colon = colonEnd(of: entry),
            lines.start(of: old.bytes.lowerBound) > colon, case .list = value
        else { throw fault(old, "`\(entry.key.text ?? "this")` holds more than a single value; change it by hand") }
        let start = lines.start(of: old.bytes.lowerBound)
        let end =
            lines.isAfterBreak(old.bytes.upperBound) ? old.bytes.upperBound : lines.end(of: old.bytes.upperBound).next
        try apply([
            (colon..<colon, Array(" \(value.inline(isJSON: isJSON))".utf8)), (start..<end, []),
        ])
    }

    /// Takes a key and its value away, with the comments inside and those behind it that are indented further.
    mutating func remove(_ path: [String]) throws(EditFault) {
        guard let key = path.last else { return }
        var node = root
        for step in path.dropLast() {
            guard let mapping = node else { return }
            try refuseShared(mapping)
            node = try entry(step, of: mapping, named: nil)?.value
        }
        guard let mapping = node, !mapping.isNull else { return }
        guard let entry = try entry(key, of: mapping, named: nil) else {
            return try refuseHidden(path, in: mapping, by: nil)
        }
        try refuseShared(mapping)
        try refuseUsedAnchors(
            of: entry.value, within: anchors(in: entry.key).union(anchors(in: entry.value)), outside: entry.bytes)
        try apply([(mapping.style == .flow ? flowRange(of: entry, in: mapping) : try lineRange(of: entry), [])])
    }

    private func lineRange(of entry: MarkedEntry) throws(EditFault) -> Range<Int> {
        let start = lines.start(of: entry.key.bytes.lowerBound)
        guard lines.isBlank(start..<entry.key.bytes.lowerBound) else {
            throw fault(entry.key, "`\(entry.key.text ?? "this")` shares its line; take it out by hand")
        }
        let end = entry.bytes.upperBound
        let next = lines.isAfterBreak(end) ? end : lines.end(of: end).next
        return start..<skipComments(from: next, deeperThan: lines.column(of: entry.key.bytes.lowerBound))
    }

    /// With the comma that parts it from the next entry, or from the one before if it is the last.
    private func flowRange(of entry: MarkedEntry, in mapping: MarkedNode) -> Range<Int> {
        let entries = mapping.entries ?? []
        let index = entries.firstIndex { $0.bytes == entry.bytes } ?? 0
        if index + 1 < entries.count { return entry.bytes.lowerBound..<entries[index + 1].bytes.lowerBound }
        return (index > 0 ? entries[index - 1].bytes.upperBound : entry.bytes.lowerBound)..<entry.bytes.upperBound
    }
}
