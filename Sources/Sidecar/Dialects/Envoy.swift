import Bytes
import Domain
import HTTPWire

/// Envoy `ext_authz` HTTP service: the check is the client's own request with a prefix before its path.
enum EnvoyDialect {
    /// - Parameter prefixLength: how much of the target is the prefix and not the client's.
    static func decode(
        _ head: borrowing RequestHead, _ bytes: borrowing Span<UInt8>, prefixLength: Int,
        into request: inout CheckRequest
    ) -> DenyReason? {
        let target = ByteRange(
            start: Int(head.target.start) + prefixLength, count: Int(head.target.count) - prefixLength)
        request.methodName = head.method
        request.method = Method(bytes.extracting(head.method.bounds))
        request.path = TargetPath.withoutQuery(target, bytes)
        request.query = TargetPath.query(of: target, after: request.path)
        request.host = head.value(of: .host) ?? .empty
        // `/envoy` alone is what a prefix with a missing path makes: an empty path is nobody's path.
        return request.path.isEmpty ? .ambiguousPath : nil
    }
}

/// A target's path: everything before the first question mark.
enum TargetPath {
    static func withoutQuery(_ target: ByteRange, _ bytes: borrowing Span<UInt8>) -> ByteRange {
        guard let query = bytes.extracting(target.bounds).firstIndex(of: 0x3F) else { return target }
        return ByteRange(start: Int(target.start), count: query)
    }

    /// Empty where there is none.
    static func query(of target: ByteRange, after path: ByteRange) -> ByteRange {
        path.end < target.end
            ? ByteRange(start: Int(path.end) + 1, count: Int(target.end) - Int(path.end) - 1) : .empty
    }
}
