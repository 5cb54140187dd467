import CLinux
import Glibc

/// What may happen to a file descriptor.
struct Readiness: OptionSet {
    let rawValue: UInt32

    /// Bytes to read, or the peer's end of them.
    static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// The peer sends no more, and its end is there to be read.
    static let halfClosed = Readiness(rawValue: EPOLLRDHUP.rawValue)
    /// Asked for with others: what is so is told once, when it becomes so or is asked for anew, and not at every look.
    static let changes = Readiness(rawValue: EPOLLET.rawValue)
    /// Reset, or closed in both directions: no answer can reach anybody. Told whether asked for or not.
    static let broken = Readiness(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
}

/// An epoll instance. Each descriptor is watched under a ticket of its owner's choosing.
struct Poller: ~Copyable {
    /// Events taken at once. What is left over is still ready at the next look.
    static let eventsMax = 128

    private let descriptor: Int32
    private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: Poller.eventsMax)

    init() throws(SocketError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        if descriptor < 0 { throw .current("epoll_create1") }
    }

    deinit {
        events.deallocate()
        Glibc.close(descriptor)
    }

    /// Watches a descriptor, or watches it for something else.
    func watch(_ file: Int32, for interest: Readiness, ticket: UInt64, isNew: Bool) throws(SocketError) {
        var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: ticket))
        if epoll_ctl(descriptor, isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, file, &event) < 0 {
            throw .current("epoll_ctl")
        }
    }

    /// Before the descriptor is closed: another one that names the same socket would keep it watched.
    func forget(_ file: Int32) {
        var event = epoll_event()
        epoll_ctl(descriptor, EPOLL_CTL_DEL, file, &event)
    }

    /// Waits until something happens, at most so many milliseconds; -1 is for ever.
    ///
    /// - Returns: how many events there are for `event(_:)`. 0 also where a signal ended the wait.
    func wait(milliseconds: Int32) -> Int {
        Int(max(0, epoll_wait(descriptor, events, Int32(Poller.eventsMax), milliseconds)))
    }

    func event(_ index: Int) -> (ticket: UInt64, readiness: Readiness) {
        precondition(index < Poller.eventsMax)
        return (events[index].data.u64, Readiness(rawValue: events[index].events))
    }
}
