import Bytes

/// The work on whole segments that the path rules permit, done in place.
enum PathSegments {
    static func tidy(_ path: inout ContiguousArray<UInt8>, _ rules: PathRules) -> PathFault? {
        if let fault = rebuild(&path, rules) { return fault }
        if rules.ignoresCase {
            for index in path.indices { path[index] = ASCII.lowercased(path[index]) }
        }
        strip(rules.strippedPrefix, from: &path)
        return nil
    }

    /// Copies segment after segment to the front, leaving out what the rules say to leave out.
    ///
    /// Writing never overtakes reading, because nothing is ever longer than it was.
    private static func rebuild(_ path: inout ContiguousArray<UInt8>, _ rules: PathRules) -> PathFault? {
        var write = 0
        var read = 0
        while read < path.count {
            let start = read + 1
            var end = start
            while end < path.count, path[end] != 0x2F { end += 1 }
            let isLast = end == path.count
            switch kind(path, start, end) {
            case .empty where !isLast:
                guard rules.mergesSlashes else { return .emptySegment }
            case .dot:
                guard rules.resolvesDots else { return .dotSegment }
                if isLast { copySegment(&path, from: start, to: start, at: &write) }
            case .dotDot:
                guard rules.resolvesDots else { return .dotSegment }
                while write > 0 {
                    write -= 1
                    if path[write] == 0x2F { break }
                }
                if isLast { copySegment(&path, from: start, to: start, at: &write) }
            default:
                copySegment(&path, from: start, to: end, at: &write)
            }
            read = end
        }
        path.removeLast(path.count - write)
        if path.isEmpty { path.append(0x2F) }
        return nil
    }

    private enum Kind { case empty, dot, dotDot, ordinary }

    private static func kind(_ path: ContiguousArray<UInt8>, _ start: Int, _ end: Int) -> Kind {
        switch end - start {
        case 0: .empty
        case 1 where path[start] == 0x2E: .dot
        case 2 where path[start] == 0x2E && path[start + 1] == 0x2E: .dotDot
        default: .ordinary
        }
    }

    private static func copySegment(
        _ path: inout ContiguousArray<UInt8>, from start: Int, to end: Int, at write: inout Int
    ) {
        path[write] = 0x2F
        write += 1
        for index in start..<end {
            path[write] = path[index]
            write += 1
        }
    }

    /// Cuts `prefix`, which begins with a slash and does not end with one, where it ends a segment of `path`.
    private static func strip(_ prefix: [UInt8], from path: inout ContiguousArray<UInt8>) {
        guard !prefix.isEmpty, path.count >= prefix.count else { return }
        for index in prefix.indices where path[index] != prefix[index] { return }
        if path.count == prefix.count {
            path.removeAll(keepingCapacity: true)
            path.append(0x2F)
        } else if path[prefix.count] == 0x2F {
            path.removeFirst(prefix.count)
        }
    }
}
