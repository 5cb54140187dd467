/// Walks over a reply whose reader kept its shape, element by element. For cold paths.
struct ReplyCursor {
    private let reply: ReplyReader
    private var at = 0
    private var integers = 0
    private var strings = 0

    init(_ reply: ReplyReader) { self.reply = reply }

    /// The number of elements of the array that comes next; nil if something else does.
    mutating func array() -> Int? {
        guard case .array(let count) = next else { return nil }
        at += 1
        return count
    }

    mutating func integer() -> Int? {
        guard case .integer = next, integers < reply.integers.count else { return nil }
        at += 1
        integers += 1
        return Int(reply.integers[integers - 1])
    }

    /// Empty for a null, too.
    mutating func string() -> String? {
        switch next {
        case .string:
            at += 1
            strings += 1
            return reply.string(strings - 1)
        case .null:
            at += 1
            return ""
        case .array, .integer, nil: return nil
        }
    }

    /// Passes over one element and all in it.
    mutating func skip() {
        switch next {
        case .array(let count):
            at += 1
            for _ in 0..<count { skip() }
        case .integer: _ = integer()
        case .string, .null: _ = string()
        case nil: break
        }
    }

    private var next: ReplyReader.Element? { at < reply.shape.count ? reply.shape[at] : nil }
}
