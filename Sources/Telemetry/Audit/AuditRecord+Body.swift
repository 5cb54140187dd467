import Bytes
import Domain

/// Bytes of each field that are kept. What is longer is cut, and its length given beside it. With every byte escaped
/// six for one, a record stays below `AuditLine.bytesMax`.
enum AuditBounds {
    static let method = 32
    static let host = 255
    static let path = 1_024
    static let route = 512
    static let word = 128
    static let issuer = 512
    static let subject = 256
    static let identifier = 128
    static let limits = 16
}

extension ByteWriter {
    /// The record as a body: the members of its line but the first and the last, then a line feed.
    ///
    /// Allocates nothing once the writer has seen its longest record.
    mutating func write(body record: AuditRecord, _ bytes: borrowing Span<UInt8>) {
        write("\"kind\":\"check\",\"time\":\"")
        write(time: record.time)
        write("\"")
        write(reasonOf: record)
        write(originOf: record, bytes)
        write(requestOf: record.request, bytes)
        if let route = record.route { write(field: "route", route, atMost: AuditBounds.route) }
        if let principal = record.principal { write(principal: principal) }
        if let cost = record.cost {
            write(fieldName: "cost")
            write(decimal: cost)
        }
        write(limits: record.limits)
        write(fieldName: "latency_us")
        write(decimal: record.latencyNanoseconds / 1_000)
        write("\n")
    }

    private mutating func write(reasonOf record: AuditRecord) {
        switch record.decision {
        case .allow: write(field: "decision", word: "allow")
        case .deny(let reason):
            write(field: "decision", word: "deny")
            write(field: "reason", word: reason.name)
        }
        switch record.fault {
        case .none: break
        case .fixed(let word): write(field: "fault", word: word)
        case .text(let text): write(field: "fault", text, atMost: AuditBounds.word)
        }
        if let claim = record.claim { write(field: "claim", claim, atMost: AuditBounds.word) }
    }

    private mutating func write(originOf record: AuditRecord, _ bytes: borrowing Span<UInt8>) {
        if let dialect = record.dialect { write(field: "dialect", word: dialect.name) }
        guard record.request.address.isKnown else { return }
        write(fieldName: "address")
        write("\"")
        write(address: record.request.address)
        write("\"")
    }

    /// Method, host and path. What the decoder never found has no member; a range outside of `bytes` is not followed.
    private mutating func write(requestOf request: CheckRequest, _ bytes: borrowing Span<UInt8>) {
        if request.method != .other {
            // A record without a path has no request to name the method of.
            if !request.path.isEmpty { write(field: "method", word: request.method.name) }
        } else if !request.methodName.isEmpty, request.methodName.end <= bytes.count {
            write(field: "method", bytes.extracting(request.methodName.bounds), atMost: AuditBounds.method)
        }
        if !request.host.isEmpty, request.host.end <= bytes.count {
            write(host: bytes.extracting(request.host.bounds))
        }
        if !request.path.isEmpty, request.path.end <= bytes.count {
            write(path: bytes.extracting(request.path.bounds))
        }
    }

    /// A host without the `user:password@` that some clients put before it.
    private mutating func write(host: borrowing Span<UInt8>) {
        var start = 0
        while let at = host.firstIndex(of: 0x40, from: start) { start = at + 1 }
        write(field: "host", host.extracting(start...), atMost: AuditBounds.host)
    }

    /// A path up to its query or fragment, which is where tokens travel (gate.md 23): dialects cut them off already,
    /// and this does not rely on it. A target that is no path, such as a whole URL, is named by its length alone.
    private mutating func write(path: borrowing Span<UInt8>) {
        var end = 0
        while end < path.count, path[end] != 0x3F, path[end] != 0x23 { end += 1 }
        if path[0] == 0x2F {
            write(field: "path", path.extracting(..<end), atMost: AuditBounds.path)
        } else {
            write(fieldName: "path_bytes")
            write(decimal: Int64(path.count))
        }
    }

    private mutating func write(principal: Principal) {
        write(field: "auth", principal.method.rawValue, atMost: AuditBounds.identifier)
        if let issuer = principal.issuer { write(field: "issuer", issuer, atMost: AuditBounds.issuer) }
        if let subject = principal.subject { write(field: "subject", subject, atMost: AuditBounds.subject) }
        if let keyID = principal.keyID { write(field: "key_id", keyID, atMost: AuditBounds.identifier) }
        if let tenant = principal.tenant { write(field: "tenant", tenant, atMost: AuditBounds.identifier) }
    }

    private mutating func write(limits: ContiguousArray<AuditLimit>) {
        guard !limits.isEmpty else { return }
        write(fieldName: "limits")
        for index in 0..<min(limits.count, AuditBounds.limits) {
            write(index == 0 ? "[{\"fits\":" : ",{\"fits\":")
            write(limits[index].fits ? "true" : "false")
            write(field: "name", limits[index].name, atMost: AuditBounds.identifier)
            if !limits[index].enforced { write(",\"shadow\":true") }
            if let remaining = limits[index].remaining {
                write(fieldName: "remaining")
                write(decimal: remaining)
            }
            if let wait = limits[index].waitSeconds {
                write(fieldName: "wait_s")
                write(decimal: wait)
            }
            write("}")
        }
        write("]")
    }
}
