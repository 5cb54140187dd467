import Credentials
import Glibc
import NIOCore

/// Keeps a ledger level with the keys in a file, which it looks at several times a second. On the store's own loop.
///
/// A longer file is read from where it was longer; another one, or a shorter, is read anew, and what is no longer in it
/// is no key.
final class FileKeyWatch {
    private let eventLoop: any EventLoop
    private let ledger: KeyLedger
    private let file: KeyFile
    private let uses: KeyUses
    private var seen: KeyFile.Identity?
    private var end = 0
    private var isClosed = false
    /// Never found yet: a store without keys has no file.
    private var isNew = true

    static let pollInterval = TimeAmount.milliseconds(200)

    init(_ path: String, on eventLoop: any EventLoop, _ ledger: KeyLedger) {
        self.eventLoop = eventLoop
        self.ledger = ledger
        file = KeyFile(path: path)
        uses = KeyUses(path: file.usePath)
    }

    func start() {
        look()
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleRepeatedTask(initialDelay: Self.pollInterval, delay: Self.pollInterval) { task in
            if bound.value.isClosed { return task.cancel() }
            bound.value.look()
        }
    }

    func close() { isClosed = true }

    private func look() {
        do throws(KeyFile.Fault) {
            guard let now = try KeyFile.identity(at: file.path) else {
                if isNew { return ledger.isCurrent(with: ledger.known, changed: 0) }
                throw KeyFile.Fault("the file is gone")
            }
            isNew = false
            if now == seen, ledger.standing == .current { return ledger.isCurrent(with: ledger.known, changed: 0) }
            try read()
        } catch {
            seen = nil
            ledger.isLost(error.description)
        }
    }

    private func read() throws(KeyFile.Fault) {
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("cannot be read") }
        defer { Glibc.close(descriptor) }
        let now = try KeyFile.identity(of: descriptor)
        let isLonger = seen.map { $0.inode == now.inode && $0.device == now.device && $0.size < now.size } ?? false
        if !isLonger { end = 0 }
        var update = KeyUpdate(of: isLonger ? ledger.known : ledger.known.emptied)
        end = try KeyFile.read(descriptor, from: end) { update.add($0) }
        seen = now
        ledger.isCurrent(with: update.finish(), changed: update.changed)
    }

    /// Notes when keys were last used, beside the keys.
    func noteUse(_ times: [String: Int64]) { uses.note(times) }
}
