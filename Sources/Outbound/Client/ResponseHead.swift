import Bytes

/// The fields of an answer, gathered line by line as libcurl hands them over.
///
/// Every status line begins anew, so what stands at the end is the head of the final answer (a 100 or 103 before it is
/// forgotten) and its trailers.
struct ResponseHead {
    private(set) var fields: [OutboundRequest.Field] = []
    private var byteCount = 0

    /// - Parameter line: with its line end, or the empty line.
    /// - Returns: false when the head is longer than we take.
    mutating func append(_ line: UnsafeRawBufferPointer) -> Bool {
        byteCount += line.count
        guard byteCount <= OutboundBounds.headBytesMax else { return false }
        if line.starts(with: "HTTP/".utf8) {
            fields.removeAll(keepingCapacity: true)
        } else if let colon = line.firstIndex(of: 0x3A) {
            let name = String(decoding: line[..<colon].map(ASCII.lowercased), as: UTF8.self)
            fields.append(.init(name, ResponseHead.trimmed(line[(colon + 1)...])))
        }
        return true
    }

    /// Without the white space around a value (RFC 9110 section 5.5) and the line end.
    private static func trimmed(_ value: Slice<UnsafeRawBufferPointer>) -> String {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
        let start = value.drop(while: isSpace)
        let end = start.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? start.startIndex
        return String(decoding: start[start.startIndex..<end], as: UTF8.self)
    }
}
