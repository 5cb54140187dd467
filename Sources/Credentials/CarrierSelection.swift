public import Bytes

/// Where a credential can travel: the key header and, if allowed, `Authorization`, as Bearer or DPoP.
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
    /// `Authorization` of a scheme that is not allowed is not ours: it is neither judged nor removed.
    public func choose(from bytes: borrowing Span<UInt8>, allowing schemes: TokenSchemes) -> Presented {
        var presented = Presented()
        if keyCount > 1 { return .ambiguous }
        if let key, keyCount == 1 {
            presented.credential = key
            presented.carrier = .keyHeader
        }
        guard authorizationCount > 0, !schemes.isEmpty else { return checked(presented, bytes) }
        if authorizationCount > 1 { return .ambiguous }
        guard let authorization, let (carrier, token) = CarrierSelection.token(bytes, authorization, schemes) else {
            return checked(presented, bytes)
        }
        if presented.carrier == .none {
            presented.credential = token
            presented.carrier = carrier
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

    private static func token(
        _ bytes: borrowing Span<UInt8>, _ value: ByteRange, _ schemes: TokenSchemes
    ) -> (Presented.Carrier, ByteRange)? {
        if schemes.contains(.bearer), let token = token(bytes, value, after: "bearer") { return (.bearer, token) }
        if schemes.contains(.dpop), let token = token(bytes, value, after: "dpop") { return (.dpop, token) }
        return nil
    }

    /// What follows the scheme and its spaces; the scheme's case does not matter (RFC 9110 section 11.1).
    private static func token(
        _ bytes: borrowing Span<UInt8>, _ value: ByteRange, after scheme: StaticString
    ) -> ByteRange? {
        let text = bytes.extracting(value.bounds)
        let length = scheme.utf8CodeUnitCount
        guard text.count >= length, text.extracting(0..<length).equalsIgnoringCase(scheme) else { return nil }
        guard text.count > length else { return ByteRange(start: value.end, count: 0) }
        guard text[length] == 0x20 else { return nil }
        var start = length
        while start < text.count, text[start] == 0x20 { start += 1 }
        return ByteRange(start: Int(value.start) + start, count: text.count - start)
    }
}

/// The schemes of `Authorization` that are read.
public struct TokenSchemes: OptionSet, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let bearer = TokenSchemes(rawValue: 1)
    /// RFC 9449 section 7.1.
    public static let dpop = TokenSchemes(rawValue: 2)
}
