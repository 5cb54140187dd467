// New keys and new items, behind what is there already.

extension EditedText {
    /// What one level of the file is indented by.
    private var step: Int {
        guard let root, root.style == .block else { return 2 }
        for entry in root.entries ?? [] {
            guard let nested = entry.value.entries?.first, entry.value.style == .block else { continue }
            return max(1, lines.column(of: nested.key.bytes.lowerBound) - column(of: root))
        }
        return 2
    }

    /// Where the keys of a block mapping, or the dashes of a block list, start.
    private func column(of node: MarkedNode) -> Int {
        if let first = node.entries?.first?.key.bytes.lowerBound {
            guard lines.isExplicitKey(at: first) else { return lines.column(of: first) }
            return lines.column(of: text[..<first].lastIndex(of: 0x3F) ?? first)
        }
        guard let item = node.items?.first else { return lines.column(of: node.bytes.lowerBound) }
        let dash = text[..<item.bytes.lowerBound].lastIndex(of: 0x2D)
        return lines.column(of: dash ?? item.bytes.lowerBound)
    }

    /// A text without a document gets one, at its end or behind its `---`.
    mutating func startDocument(_ value: EditValue, after index: Int) throws(EditFault) {
        guard case .map(let entries) = value else { return }
        let end = index == text.count ? index : lines.end(of: index).next
        try put(entries.flatMap { EditValue.lines($0.key, $0.value, step: step) }, at: end, column: 0)
    }

    mutating func insert(_ key: String, _ value: EditValue, into mapping: MarkedNode) throws(EditFault) {
        if mapping.style == .flow { return try insertFlow(EditValue.entry(key, value, isJSON: isJSON), into: mapping) }
        let lines = EditValue.lines(key, value, step: step)
        try put(lines, at: end(of: mapping), column: column(of: mapping))
    }

    /// Puts `value` behind the items of the list at `path`, which is there.
    mutating func append(_ value: EditValue, to path: [String]) throws(EditFault) {
        guard let list = self.value(path), list.items != nil else { return }
        try refuseShared(list)
        if list.style == .flow { return try insertFlow(value.inline(isJSON: isJSON), into: list) }
        try put(EditValue.item(lines: value, step: step), at: end(of: list), column: column(of: list))
    }

    /// Where the next line of a block collection goes: behind its last line, and behind comments that are indented
    /// further, which belong to it. Before its last part, if that is text that a line break behind it would change.
    private func end(of node: MarkedNode) -> Int {
        let end = node.bytes.upperBound
        if end == text.count, let last = node.entries?.last, Self.endsInOpenText(last.value), !lines.isAfterBreak(end) {
            return lines.start(of: last.key.bytes.lowerBound)
        }
        let next = lines.isAfterBreak(end) ? end : lines.end(of: end).next
        return skipComments(from: next, deeperThan: column(of: node))
    }

    func skipComments(from index: Int, deeperThan column: Int) -> Int {
        var next = index
        while next < text.count, let comment = lines.commentColumn(ofLineAt: next), comment > column {
            next = lines.end(of: next).next
        }
        return next
    }

    /// A block scalar at the very end of a file without a last line break.
    private static func endsInOpenText(_ node: MarkedNode) -> Bool {
        switch node.content {
        case .scalar: node.style == .blockScalar
        case .alias: false
        case .sequence(let items): items.last.map(endsInOpenText) ?? false
        case .mapping(let entries): entries.last.map { endsInOpenText($0.value) } ?? false
        }
    }

    /// New lines at the start of a line, or at the end of a text without a last line break, which stays so.
    mutating func put(_ new: [String], at index: Int, column: Int) throws(EditFault) {
        let lineBreak = lines.style(before: index)
        let indent = [UInt8](repeating: 0x20, count: column)
        var bytes: [UInt8] = []
        let isOpen = !lines.isAfterBreak(index)
        for line in new {
            if isOpen { bytes += lineBreak }
            bytes += indent + Array(line.utf8)
            if !isOpen { bytes += lineBreak }
        }
        try apply([(index..<index, bytes)])
    }

    /// Behind the last part of `{…}` or `[…]`: on a line of its own, if that one is.
    private mutating func insertFlow(_ new: String, into node: MarkedNode) throws(EditFault) {
        let parts = node.entries?.map(\.bytes) ?? node.items?.map(\.bytes) ?? []
        guard let last = parts.last else {
            let open = text[node.bytes].firstIndex { $0 == 0x7B || $0 == 0x5B } ?? node.bytes.lowerBound
            let isBeforeComment = lines.length(at: open + 1) == 0 && text[open + 1] != 0x7D && text[open + 1] != 0x5D
            return try apply([(open + 1..<open + 1, Array(new.utf8) + (isBeforeComment ? [0x20] : []))])
        }
        let start = lines.start(of: last.lowerBound)
        var separator: [UInt8] = [0x2C, 0x20]
        if start > node.bytes.lowerBound, lines.isBlank(start..<last.lowerBound) {
            separator = [0x2C] + lines.style(before: start) + text[start..<last.lowerBound]
        }
        try apply([(last.upperBound..<last.upperBound, separator + Array(new.utf8))])
    }
}
