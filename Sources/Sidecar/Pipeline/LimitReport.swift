import Bytes
import Limits

/// What the enforced limits of one check said, for the answer: filled once, after the decision.
struct LimitReport: ~Copyable {
    struct Line {
        /// Index into the Snapshot's limit table.
        var limit: Int
        var result: LimitResult
        var fits: Bool
        /// Seconds until more can be had, rounded up: until this cost fits if it does not or nothing is left, else
        /// until the bucket is full.
        var waitSeconds: Int64
    }

    private(set) var lines: ContiguousArray<Line> = []
    /// Position in `lines` of the limit to name first: on a refusal the one that holds out longest, else the one
    /// with the least left.
    private(set) var tightest = 0
    /// Seconds after which the refused cost could fit; nil where nothing refused, or where it never will.
    private(set) var retrySeconds: Int64?

    /// Index into the limit table; nil where no limit had anything to say.
    var tightestLimit: Int? { tightest < lines.count ? lines[tightest].limit : nil }

    mutating func clear() {
        lines.removeFew()
        tightest = 0
        retrySeconds = nil
    }

    /// For a refusal that is no limit's of the configuration.
    mutating func retry(after seconds: Int64) { retrySeconds = seconds }

    mutating func fill(from spend: Spend) {
        var neverFits = false
        for index in 0..<spend.charges.count {
            let limit = spend.charges[index].limit
            guard spend.table.enforced[limit], spend.table.limits[limit].kind != .proof,
                let result = spend.result(of: index)
            else { continue }
            let fits = spend.readings[index].fits
            let isSpent = !fits || result.remaining == 0
            let wait = LimitReport.seconds(isSpent ? result.retryMicros ?? result.resetMicros : result.resetMicros)
            lines.append(Line(limit: limit, result: result, fits: fits, waitSeconds: wait))
            if !fits {
                neverFits = neverFits || result.costNeverFits
                // A slot may come back at any moment; its lease only says when at the latest.
                let isSlots = if case .slots = spend.table.limits[limit].counting { true } else { false }
                retrySeconds = max(retrySeconds ?? 1, isSlots ? 1 : wait)
            }
            if isTighter(lines.count - 1, than: tightest) { tightest = lines.count - 1 }
        }
        if neverFits { retrySeconds = nil }
    }

    private func isTighter(_ candidate: Int, than current: Int) -> Bool {
        guard candidate != current else { return false }
        if lines[candidate].fits != lines[current].fits { return !lines[candidate].fits }
        if !lines[candidate].fits { return lines[candidate].waitSeconds > lines[current].waitSeconds }
        return lines[candidate].result.remaining < lines[current].result.remaining
    }

    /// Rounded up: the only place where time becomes seconds.
    private static func seconds(_ micros: Int64) -> Int64 { micros <= 0 ? 0 : (micros - 1) / 1_000_000 + 1 }
}
