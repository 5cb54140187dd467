/// The lines of a text as YAML 1.1 sees them: LF, CR LF, CR, NEL, LS and PS each end one. An edit keeps to those that
/// the file has.
struct LineBreaks {
    let text: [UInt8]

    static let lineFeed: [UInt8] = [0x0A]

    /// How many bytes of a line break stand at `index`; 0 if none.
    func length(at index: Int) -> Int {
        switch text[index] {
        case 0x0A: 1
        case 0x0D: index + 1 < text.count && text[index + 1] == 0x0A ? 2 : 1
        case 0xC2: index + 1 < text.count && text[index + 1] == 0x85 ? 2 : 0
        case 0xE2:
            index + 2 < text.count && text[index + 1] == 0x80 && text[index + 2] & 0xFE == 0xA8 ? 3 : 0
        default: 0
        }
    }

    /// The first byte of the line that holds `index`.
    func start(of index: Int) -> Int {
        var start = index
        while start > 0, !isAfterBreak(start) { start -= 1 }
        return start
    }

    /// Whether a line starts here.
    func isAfterBreak(_ index: Int) -> Bool {
        if index == 0 { return true }
        switch text[index - 1] {
        case 0x0A: return true
        case 0x0D: return index == text.count || text[index] != 0x0A
        case 0x85: return index >= 2 && text[index - 2] == 0xC2
        case 0xA8, 0xA9: return index >= 3 && text[index - 2] == 0x80 && text[index - 3] == 0xE2
        default: return false
        }
    }

    /// Where the line's content ends, and where the next line starts; the same at the end of a text without a break.
    func end(of index: Int) -> (content: Int, next: Int) {
        var end = index
        while end < text.count {
            let length = length(at: end)
            if length > 0 { return (end, end + length) }
            end += 1
        }
        return (end, end)
    }

    /// The break to end a new line at `index` with: that of the line before, or of the file's first line, or LF.
    func style(before index: Int) -> [UInt8] {
        if index > 0, isAfterBreak(index) {
            let line = end(of: start(of: index - 1))
            return Array(text[line.content..<line.next])
        }
        let first = end(of: 0)
        return first.content == first.next ? Self.lineFeed : Array(text[first.content..<first.next])
    }

    /// In characters from the start of its line.
    func column(of index: Int) -> Int {
        text[start(of: index)..<index].count { $0 & 0xC0 != 0x80 }
    }

    func isBlank(_ range: Range<Int>) -> Bool {
        text[range].allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }

    /// The column of the `#` of a line that holds nothing but a comment.
    func commentColumn(ofLineAt index: Int) -> Int? {
        let first = text[index...].firstIndex { $0 != 0x20 && $0 != 0x09 }
        guard let first, text[first] == 0x23 else { return nil }
        return first - index
    }
}
