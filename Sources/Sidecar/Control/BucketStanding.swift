import Bytes
import Domain
import Limits
import NIOHTTP1

/// How one bucket stands, for people: as a document, and in words.
struct BucketStanding {
    private let limit: Limit
    private let name: BucketName
    private let state: BucketState

    init(_ limit: Limit, _ name: BucketName, _ state: BucketState) {
        self.limit = limit
        self.name = name
        self.state = state
    }

    /// `{"limit":"…","per":"subject","subject":"…","counting":"tokens","precision":"exact","size":100,"used":1,
    /// "left":99,"reset_seconds":36,"state":"in_use"}`; `used` is above `size`, and `left` below zero,
    /// while a bucket is in debt.
    var report: AdminReport {
        var body = ByteWriter()
        body.write("{\"limit\":")
        body.write(json: limit.name)
        body.write(",\"per\":")
        body.write(json: limit.kind.rawValue)
        body.write(",\"subject\":")
        body.write(json: name.subject)
        body.write(",\"counting\":")
        body.write(json: counting)
        body.write(limit.lease == nil ? ",\"precision\":\"exact\"" : ",\"precision\":\"leased\"")
        body.write(",\"size\":")
        body.write(decimal: size)
        if let (used, reset) = numbers {
            body.write(",\"used\":")
            body.write(decimal: used)
            body.write(",\"left\":")
            body.write(decimal: size - used)
            body.write(",\"reset_seconds\":")
            body.write(decimal: reset <= 0 ? 0 : (reset - 1) / 1_000_000 + 1)
        }
        body.write(",\"state\":")
        body.write(json: word)
        body.write("}\n")
        return AdminReport(status: .ok, type: "application/json", body: body.bytes)
    }

    private var size: Int64 { limit.quota.quota.burst }

    private var counting: String {
        switch limit.counting {
        case .tokens: "tokens"
        case .calendar: "calendar"
        case .slots: "slots"
        }
    }

    private var word: String {
        switch state {
        case .absent: "unused"
        case .unreadable: "unreadable"
        case .tokens, .calendar, .slots: "in_use"
        }
    }

    /// What is used, and microseconds until that changes by itself to nothing, to the next window, or by one slot.
    private var numbers: (used: Int64, resetMicros: Int64)? {
        switch state {
        case .absent: (0, 0)
        case .tokens(let remaining, let reset): (size - remaining, reset)
        case .calendar(let used, let reset): (used, reset)
        case .slots(let held, let reset): (Int64(held), reset)
        case .unreadable: nil
        }
    }
}
