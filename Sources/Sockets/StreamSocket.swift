import CLinux
import NIOCore

/// A connected stream: bytes in as they come, bytes out as the kernel takes them.
///
/// What the kernel has no room for waits here; while it does, nothing is read, so a peer that asks and does not listen
/// holds the answers to one read and no more. Reading is once for each event: more is told in the next turn, after
/// others'.
///
/// The kernel tells of changes only: told of what still is so, it would look at each socket once more in every turn. So
/// whoever leaves something behind asks anew: after a read that filled its room, and where the end is still to be read.
open class StreamSocket: EventSource {
    /// What waits for room in the kernel.
    private var backlog: ContiguousArray<UInt8> = []
    private var backlogStart = 0
    private var interest: Readiness = []
    private var wantsToRead = true
    private var closesOutput = false
    /// The last read filled its room.
    private var mayHoldMore = false

    /// A socket that is connected, in the state `accept` or `connect` left it.
    public override init(_ descriptor: Int32, on loop: SocketLoop) {
        super.init(descriptor, on: loop)
        SocketCalls.setNoDelay(descriptor)
    }

    /// From here on `received` is called.
    public func start() throws(SocketError) { try updateInterest() }

    /// There is something to read: `read` it. Called again while there is more.
    open func received() {}

    /// The peer has closed, or is gone. Called once, and nothing after it.
    open func ended() {}

    /// - Returns: how many bytes were read: 0 where there was nothing, or `ended` was called.
    public final func read(into room: UnsafeMutableRawBufferPointer) -> Int {
        guard !isShut else { return 0 }
        switch SocketCalls.read(descriptor, into: room) {
        case .bytes(let count):
            mayHoldMore = count == room.count
            return count
        case .empty: break
        case .end, .failed: close()
        }
        return 0
    }

    /// Sends now what the kernel takes now, the rest as it makes room.
    public final func send(_ bytes: UnsafeRawBufferPointer) {
        guard !isShut, !bytes.isEmpty else { return }
        guard backlog.isEmpty else { return backlog.append(contentsOf: bytes) }
        guard let sent = tryToWrite(bytes), sent < bytes.count else { return }
        backlog.append(contentsOf: bytes[sent...])
        updateOrClose()
    }

    /// Nil: the peer is gone.
    private func tryToWrite(_ bytes: UnsafeRawBufferPointer) -> Int? {
        do throws(SocketError) {
            return try SocketCalls.write(descriptor, bytes)
        } catch {
            close()
            return nil
        }
    }

    /// Says that no more will come, once all that was sent is out.
    public final func closeOutput() {
        guard !isShut else { return }
        closesOutput = true
        if backlog.isEmpty { SocketCalls.closeOutput(descriptor) }
    }

    /// Closes at once, and drops what the kernel has not taken.
    public final func close() {
        guard !isShut else { return }
        shut()
        backlog = []
        ended()
    }

    public final func setReading(_ isOn: Bool) {
        guard wantsToRead != isOn else { return }
        wantsToRead = isOn
        updateOrClose()
    }

    override func handle(_ readiness: Readiness) {
        if readiness.contains(.writable) { sendBacklog() }
        if readiness.contains(.readable), interest.contains(.readable) {
            mayHoldMore = false
            received()
            if mayHoldMore || readiness.contains(.halfClosed) { askAnew() }
        } else if !readiness.isDisjoint(with: .broken) {
            close()
        }
    }

    private func sendBacklog() {
        guard !isShut, !backlog.isEmpty else { return }
        let sent = backlog.withUnsafeBytes { tryToWrite(UnsafeRawBufferPointer(rebasing: $0[backlogStart...])) }
        guard let sent else { return }
        backlogStart += sent
        guard backlogStart == backlog.count else { return }
        backlog = []
        backlogStart = 0
        if closesOutput { SocketCalls.closeOutput(descriptor) }
        updateOrClose()
    }

    override func loopEnded() { close() }

    private func updateOrClose() {
        guard !isShut, generation != 0 else { return }
        do throws(SocketError) { try updateInterest() } catch { close() }
    }

    private func askAnew() {
        guard !isShut, generation != 0 else { return }
        do throws(SocketError) { try loop.watch(self, for: interest) } catch { close() }
    }

    private func updateInterest() throws(SocketError) {
        var wanted: Readiness = [.changes]
        if wantsToRead, backlog.isEmpty { wanted.formUnion([.readable, .halfClosed]) }
        if !backlog.isEmpty { wanted.insert(.writable) }
        guard wanted != interest || generation == 0 else { return }
        interest = wanted
        try loop.watch(self, for: wanted)
    }
}
