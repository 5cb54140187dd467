import Bytes

/// What `postern keys import` is given, taken apart: a JSON array of objects, or one object a line.
struct ImportedDocument {
    typealias Refusal = KeyAdministration.Refusal

    /// What an entry's number counts.
    private(set) var unit = "line"
    private(set) var entries: [(number: Int, object: Result<JSONObject, Refusal>)] = []

    init(_ document: [UInt8]) {
        if document.first(where: { !Self.isSpace($0) && $0 != 0x0A }) == UInt8(ascii: "[") {
            readArray(document)
        } else {
            readLines(document)
        }
    }

    private mutating func readArray(_ document: [UInt8]) {
        do throws(JSONFault) {
            let elements = try JSONParser.parse(document.span).elements ?? []
            unit = "entry"
            entries = elements.enumerated().map { index, element in
                (index + 1, Self.result(element.object))
            }
        } catch {
            // By line: an array's elements cannot be counted where it is broken.
            let line = document.prefix(error.offset).count { $0 == 0x0A } + 1
            entries = [(line, .failure(Refusal("is no JSON: \(error.kind.rawValue)")))]
        }
    }

    private mutating func readLines(_ document: [UInt8]) {
        for (index, line) in document.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy(Self.isSpace) { continue }
            entries.append((index + 1, Self.result((try? JSONParser.parse(Array(line).span))?.object)))
        }
    }

    private static func result(_ object: JSONObject?) -> Result<JSONObject, Refusal> {
        object.map { .success($0) } ?? .failure(Refusal("is no JSON object"))
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0D || byte == 0x09 }
}
