import Bytes
import Domain
import Glibc
import Logging

/// The one thread that seals and writes: takes what the workers left in the queue, chains it, and appends it to the
/// file.
///
/// A file that cannot be written stops nothing: lines wait here, bodies in the queue, and beyond that they are counted.
final class AuditThread {
    /// Sealed lines that may wait for the file.
    private static let sliceBytes = 256 << 10
    /// After work, how long more of it is gathered before the thread looks again.
    private static let gatherMilliseconds: Int32 = 20
    /// Between two tries to write to a file that refused, doubled from the one to the other.
    private static let retryMilliseconds: (first: Int32, last: Int32) = (100, 1_000)
    /// Between two lines in the log that say where the chain stands, if it moved.
    private static let announceNanoseconds: UInt64 = 60_000_000_000

    private let queue: AuditQueue
    private let gauges: AuditGauges
    private let logger: Logger
    private let identity: AuditIdentity
    private var file: AuditFile
    private var output: AuditOutput
    /// What was taken from the queue, and how far of it is sealed.
    private var bodies = ContiguousArray<UInt8>()
    private var sealed = 0
    private var scratch = ByteWriter(reserving: 1_024)
    private var isFailing = false
    /// Milliseconds to wait before the next try; 0 while the file takes what it is given.
    private var retry: Int32 = 0
    private var announced: UInt64 = 0
    private var announcesAt: UInt64 = 0

    /// Takes a file that is locked and read to its end; the opening line is the first to be written.
    init(
        file: AuditFile, tail: AuditFile.Tail, key: [UInt8]?, identity: AuditIdentity, queue: AuditQueue,
        gauges: AuditGauges, logger: Logger
    ) {
        (self.file, self.identity, self.queue, self.gauges, self.logger) = (file, identity, queue, gauges, logger)
        let chain = AuditChain(after: tail.place, key: key)
        output = AuditOutput(chain: chain, reserving: AuditThread.sliceBytes + AuditLine.bytesMax)
        bodies.reserveCapacity(queue.bytesMax)
        if tail.needsLineFeed { output.appendLineFeed() }
        open(after: tail.torn)
    }

    /// Runs until the log is closed.
    func run() {
        while true {
            let orders = queue.orders()
            let isBusy = advance()
            if orders.reopens { reopen() }
            publish()
            if let deadline = orders.closesBy, close(by: deadline) { return }
            rest(isBusy, isClosing: orders.closesBy != nil)
        }
    }

    // What waits

    private var isDrained: Bool { sealed == bodies.count && output.isWritten }

    /// Takes what waits if nothing older does, and writes as much as the file takes.
    ///
    /// - Returns: whether there was anything to do.
    private func advance() -> Bool {
        if isDrained {
            sealed = 0
            let taken = queue.take(&bodies)
            if taken.dropped > 0 {
                scratch.clear()
                AuditNotice.drop(taken.dropped, at: AuditRecord.now(), to: &scratch)
                bodies.append(contentsOf: scratch.bytes)
            }
        }
        let isBusy = !isDrained
        while !isDrained {
            seal()
            guard write() else { break }
        }
        return isBusy
    }

    /// Seals a slice of what was taken.
    private func seal() {
        let bodies = bodies
        while sealed < bodies.count, output.count < AuditThread.sliceBytes {
            guard let end = bodies.span.firstIndex(of: 0x0A, from: sealed) else { return sealed = bodies.count }
            output.append(bodies.span.extracting(sealed..<end), from: sealed..<end + 1)
            sealed = end + 1
        }
    }

    /// False if the file took less than everything.
    private func write() -> Bool {
        switch output.write(to: file) {
        case nil:
            if isFailing { logger.notice("the audit log is written again") }
            setFailing(false)
            retry = 0
            return true
        case .failed(let code): fail(code)
        case .full, .wrote: file.awaitRoom(milliseconds: AuditThread.retryMilliseconds.first)
        }
        return false
    }

    private func fail(_ code: Int32) {
        if !isFailing {
            let cause = String(cString: strerror(code))
            logger.error(
                "the audit log cannot be written; records wait, then are dropped and counted",
                metadata: ["cause": "\(cause)"])
        }
        setFailing(true)
        gauges.update { $0.writeErrors += 1 }
        retry = min(max(retry * 2, AuditThread.retryMilliseconds.first), AuditThread.retryMilliseconds.last)
    }

    private func setFailing(_ isFailing: Bool) {
        guard isFailing != self.isFailing else { return }
        self.isFailing = isFailing
        gauges.update { $0.isHealthy = !isFailing }
    }

    private func rest(_ isBusy: Bool, isClosing: Bool) {
        if retry > 0 { return queue.pause(milliseconds: isClosing ? AuditThread.retryMilliseconds.first / 2 : retry) }
        guard isDrained, !isClosing else { return }
        if isBusy { return queue.pause(milliseconds: AuditThread.gatherMilliseconds) }
        let now = Monotonic.now()
        let left = announcesAt > now ? (announcesAt - now) / 1_000_000 + 1 : 0
        queue.rest(milliseconds: output.place.sequence == announced ? -1 : Int32(clamping: left))
    }

    // What the file begins and ends with

    private func open(after torn: [UInt8] = []) {
        scratch.clear()
        let digest = torn.isEmpty ? nil : output.chain.digest(torn.span)
        let opening = AuditOpening(
            time: AuditNotice.time(AuditRecord.now()), previous: output.chain.place.head, boot: identity.boot,
            keyID: output.chain.keyID, torn: digest.map { (torn.count, $0) }, replica: identity.replica)
        opening.write(to: &scratch)
        appendScratch()
    }

    private func appendScratch() {
        let body = scratch.bytes
        output.append(body.span.extracting(droppingLast: 1), from: sealed..<sealed)
    }

    /// Goes on in a new file of the same name, if there is one: whoever rotates has renamed the old one. A new file
    /// that cannot be used leaves everything as it is.
    private func reopen() {
        guard let path = file.path else { return }
        do throws(AuditError) {
            let fresh = try AuditFile(path: path)
            if fresh.isSame(as: file) { return }
            try fresh.lock()
            guard fresh.isEmpty else {
                throw AuditError(description: "audit file \(path): is not empty; a rotated log begins with a new file")
            }
            leave("rotated")
            file = fresh
            retry = 0
            open()
            _ = write()
        } catch {
            gauges.update { $0.reopenFailures += 1 }
            logger.error(
                "the audit log stays with its old file", metadata: ["cause": "\(error.description)"])
        }
    }

    /// Ends the file with a line that says it was ended. Lines it did not take are sealed anew for the next one.
    private func leave(_ reason: StaticString) {
        if output.isWritten {
            scratch.clear()
            AuditNotice.close(reason, at: AuditRecord.now(), to: &scratch)
            appendScratch()
            _ = write()
        }
        takeBack()
        file.synchronize()
        file.close()
    }

    /// After half a line nothing more can be said in that file: what follows would be read as part of it.
    private func takeBack() {
        if !output.isWritten { sealed = output.takeBack() }
    }

    // The end

    /// - Returns: whether the thread is done, with everything written or its time over.
    private func close(by deadline: UInt64) -> Bool {
        if isDrained, queue.isEmpty {
            leave("stopped")
        } else if Monotonic.now() < deadline {
            return false
        } else {
            let lost = abandon()
            logger.critical("audit records were lost at shutdown", metadata: ["records": "\(lost)"])
        }
        publish()
        if output.place.sequence != announced { announce() }
        gauges.update { $0.isClosed = true }
        return true
    }

    /// Counts what could not be written as dropped.
    private func abandon() -> UInt64 {
        takeBack()
        let unsealed = bodies[sealed...].count { $0 == 0x0A }
        let taken = queue.take(&bodies)
        sealed = bodies.count
        let lost = UInt64(unsealed + taken.records) + taken.dropped
        gauges.update { $0.lost += lost }
        file.close()
        return lost
    }

    // What others see

    private func publish() {
        let (place, lines, bytes) = (output.place, output.linesWritten, output.bytesWritten)
        gauges.update { metrics in
            (metrics.sequence, metrics.head, metrics.lines, metrics.bytes) = (place.sequence, place.head, lines, bytes)
        }
        if place.sequence != announced, Monotonic.now() >= announcesAt { announce() }
    }

    /// The head, to where an intruder who rewrites the file may not reach.
    private func announce() {
        let place = output.place
        announced = place.sequence
        announcesAt = Monotonic.now() + AuditThread.announceNanoseconds
        logger.notice("audit head", metadata: ["head": "\(place.sequence):\(place.head.hex)"])
    }
}
