/// What a connection has received and not used up: the front of it is the request that is being read or decided.
///
/// Mostly that is one whole request, which is answered before its bytes are gone from where the socket put them. So
/// they are lent first, and copied only if something of them is left when the lender wants its memory back: a head that
/// goes on, a check that waits. An idle connection holds next to nothing.
final class Inbound {
    private var base: UnsafePointer<UInt8>?
    private(set) var count = 0
    /// Memory of its own, and how much of it there is; `base` points into it, or to what is lent.
    private var own: UnsafeMutablePointer<UInt8>?
    private var capacity = 0

    /// What is kept for the next request once everything is used up.
    private static let keptBytes = 4_096

    deinit { own?.deallocate() }

    var isEmpty: Bool { count == 0 }

    /// Good until the next call of a method; what is lent, no longer than it is lent.
    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

    /// Adds what has come. Before `bytes` are gone, call `keep`.
    func receive(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        if count == 0 {
            (base, count) = (start, bytes.count)
        } else {
            append(UnsafeBufferPointer(start: start, count: bytes.count))
        }
    }

    /// Copies what is left of what was lent.
    func keep() {
        guard count > 0, let base, !isOwn(base) else { return }
        let lent = UnsafeBufferPointer(start: base, count: count)
        count = 0
        append(lent)
    }

    /// Takes away the first bytes.
    func drop(_ bytes: Int) {
        precondition(bytes <= count)
        count -= bytes
        if count == 0 { clear() } else { base = base.map { $0 + bytes } }
    }

    /// Takes bytes out of the middle.
    func cut(_ length: Int, after offset: Int) {
        precondition(offset + length <= count)
        keep()
        guard let base, let own else { return }
        let start = own + (UnsafePointer(own).distance(to: base) + offset)
        start.update(from: start + length, count: count - offset - length)
        count -= length
    }

    func clear() {
        (base, count) = (nil, 0)
        guard capacity > Inbound.keptBytes else { return }
        own?.deallocate()
        (own, capacity) = (nil, 0)
    }

    private func isOwn(_ pointer: UnsafePointer<UInt8>) -> Bool {
        guard let own else { return false }
        return pointer >= UnsafePointer(own) && pointer < UnsafePointer(own + capacity)
    }

    /// Behind what is there already, all of it moved to the front of memory that has the room.
    private func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        let (held, wanted) = (UnsafeBufferPointer(start: count > 0 ? base : nil, count: count), count + bytes.count)
        let old = own
        if wanted > capacity {
            capacity = max(1_024, wanted.nextPowerOfTwo)
            own = .allocate(capacity: capacity)
        }
        guard let own else { return }
        if let start = held.baseAddress { own.update(from: start, count: held.count) }
        if let start = bytes.baseAddress { (own + held.count).update(from: start, count: bytes.count) }
        if let old, old != own { old.deallocate() }
        (base, count) = (UnsafePointer(own), wanted)
    }
}

extension Int {
    fileprivate var nextPowerOfTwo: Int { self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
