public import Bytes

/// Where a credential can travel: the key header and, if allowed, `Authorization: Bearer`.
///
/// Fed with the headers of one request, it says which credential the request is to be judged by. Selection is by
/// presence and never by success: a bad credential is not rescued by a good one (gate.md 8).
public struct CarrierSelection: Sendable {
    /// The key header's value, where it came once.
    private var key: ByteRange?
    private var keyCount = 0
    private var authorization: ByteRange?
    private var authorizationCount = 0

    public init() {}

    public mutating func noteKeyHeader(_ value: ByteRange) {
        key = value
        keyCount &+= 1
    }

    public mutating func noteAuthorization(_ value: ByteRange) {
        authorization = value
        authorizationCount &+= 1
    }

    /// What was found, over the bytes that the ranges lie in.
    ///
    /// A carrier that occurs twice, or a key with a comma (which is how Envoy joins two), is ambiguous. An
    /// `Authorization` of another scheme than Bearer is not ours: it is neither judged nor removed.
    public func choose(from bytes: borrowing Span<UInt8>, allowingBearer: Bool) -> Presented {
        var presented = Presented()
        if keyCount > 1 { return .ambiguous }
        if let key, keyCount == 1 {
            presented.credential = key
            presented.carrier = .keyHeader
        }
        guard allowingBearer, authorizationCount > 0 else { return checked(presented, bytes) }
        let token = authorization.flatMap { CarrierSelection.bearerToken(bytes, $0) }
        if authorizationCount > 1 { return .ambiguous }
        guard let token else { return checked(presented, bytes) }
        if presented.carrier == .none {
            presented.credential = token
            presented.carrier = .bearer
        } else {
            presented.hasSecond = true
        }
        return checked(presented, bytes)
    }

    private func checked(_ presented: Presented, _ bytes: borrowing Span<UInt8>) -> Presented {
        guard presented.carrier != .none else { return presented }
        let value = bytes.extracting(presented.credential.bounds)
        return value.firstIndex(of: 0x2C) == nil ? presented : .ambiguous
    }

    /// What follows `Bearer` and its spaces; the scheme's case does not matter (RFC 9110 section 11.1).
    private static func bearerToken(_ bytes: borrowing Span<UInt8>, _ value: ByteRange) -> ByteRange? {
        let text = bytes.extracting(value.bounds)
        guard text.count >= 6, text.extracting(0..<6).equalsIgnoringCase("bearer") else { return nil }
        guard text.count > 6 else { return ByteRange(start: value.end, count: 0) }
        guard text[6] == 0x20 else { return nil }
        var start = 6
        while start < text.count, text[start] == 0x20 { start += 1 }
        return ByteRange(start: Int(value.start) + start, count: text.count - start)
    }
}

/// The credential a request is judged by.
public struct Presented: Sendable {
    public enum Carrier: Sendable { case none, keyHeader, bearer }

    public var credential = ByteRange.empty
    public var carrier = Carrier.none
    /// A recognised carrier beside the chosen one: never judged, and never let through to the agent.
    public var hasSecond = false
    /// Present, and impossible to choose from.
    public var isAmbiguous = false

    public init() {}

    /// Whether a bearer came with the request, judged or not: it must not reach the agent.
    public var mayHoldBearer: Bool { carrier == .bearer || hasSecond || isAmbiguous }

    static var ambiguous: Presented {
        var presented = Presented()
        presented.isAmbiguous = true
        return presented
    }
}
