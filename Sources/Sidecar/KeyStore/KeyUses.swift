import Glibc
import Synchronization

/// Times of last use in a file: `id seconds` lines, of which the latest of each id counts. Servers of one file append
/// to it as they like; whoever finds it grown to twice what it was puts it in order. What two of them do at one moment
/// may lose some times, which nobody misses but `keys list`.
final class KeyUses: Sendable {
    private struct State {
        /// Bytes when it was last in order, as far as this process knows.
        var ordered: Int?
        var isOrdering = false
    }

    private let path: String
    private let state = Mutex(State())

    /// Bytes that may be added to a small file before it is put in order.
    private static let slack = 1 << 20

    init(path: String) { self.path = path }

    /// Costs as much as there is to note, however many keys there are.
    func note(_ times: [String: Int64]) {
        guard !times.isEmpty else { return }
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        try? KeyFile.write(Self.text(times), to: descriptor)
        guard let size = try? KeyFile.identity(of: descriptor).size else { return }
        let mustOrder = state.withLock { state in
            let ordered = state.ordered ?? size
            state.ordered = ordered
            guard !state.isOrdering, size > 2 * ordered + Self.slack else { return false }
            state.isOrdering = true
            return true
        }
        // Reading a million lines takes seconds, in which the keys themselves must not wait.
        if mustOrder { SecretThread.start { self.order() } }
    }

    private func order() {
        let text = Self.text(times)
        try? KeyFile.replace(path, with: text)
        state.withLock { $0 = State(ordered: text.count) }
    }

    var times: [String: Int64] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [:] }
        defer { close(descriptor) }
        var times: [String: Int64] = [:]
        _ = try? KeyFile.read(descriptor, from: 0) { line in
            let words = String(decoding: line.indices.map { line[$0] }, as: UTF8.self).split(separator: " ")
            guard words.count == 2, let seconds = Int64(words[1]) else { return }
            times[String(words[0]), default: seconds] = max(times[String(words[0])] ?? 0, seconds)
        }
        return times
    }

    private static func text(_ times: [String: Int64]) -> [UInt8] {
        times.sorted { $0.key < $1.key }.flatMap { Array("\($0.key) \($0.value)\n".utf8) }
    }
}
