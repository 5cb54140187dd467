import Testing

/// Sizes that may shrink and may not grow: lower a number here when the tree allows it, never raise one.
@Suite struct SizeRatchetTests {
    static let fileLinesMax = 300
    static let functionLinesMax = 60
    static let sourceMedianMax = 120
    static let sourceNinetiethMax = 200
    static let columnsMax = 120

    private static let sources = SourceTree.files(under: "Sources")
    private static let tests = SourceTree.files(under: "Tests")

    @Test func noFileIsTooLong() {
        for file in Self.sources + Self.tests {
            #expect(file.lines.count <= Self.fileLinesMax, "\(file.path): \(file.lines.count) lines")
        }
    }

    @Test func mostFilesAreShort() {
        let counts = Self.sources.map(\.lines.count).sorted()
        #expect(counts[counts.count / 2] <= Self.sourceMedianMax)
        #expect(counts[counts.count * 9 / 10] <= Self.sourceNinetiethMax)
    }

    /// Sources only: tests hold messages and documents as they are, however long. The formatter sees to their code.
    @Test func noLineIsTooWide() {
        for file in Self.sources {
            for (number, line) in file.lines.enumerated() where line.count > Self.columnsMax {
                Issue.record("\(file.path):\(number + 1): \(line.count) columns")
            }
        }
    }

    /// A function is from its `func` to the line that closes it, told by indentation, which the formatter keeps.
    @Test func noFunctionIsTooLong() {
        for file in Self.sources {
            var open: (indent: Int, start: Int)?
            for (number, line) in file.lines.enumerated() {
                let indent = line.prefix(while: { $0 == " " }).count
                if let function = open, line.hasPrefix(String(repeating: " ", count: function.indent) + "}") {
                    let length = number - function.start + 1
                    #expect(length <= Self.functionLinesMax, "\(file.path):\(function.start + 1): \(length) lines")
                    open = nil
                } else if open == nil, line.contains("func "), line.hasSuffix("{") {
                    open = (indent, number)
                }
            }
        }
    }

    @Test func sourcesSayWhy() {
        let lines = Self.sources.flatMap(\.lines)
        let comments = lines.count { $0.trimmingPrefix(while: { $0 == " " }).hasPrefix("//") }
        #expect(comments * 100 / lines.count >= 11)
    }
}
