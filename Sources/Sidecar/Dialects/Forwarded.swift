import Bytes
import Domain
import HTTPWire

/// The dialects that carry the original request in headers: nginx, ingress-nginx, Traefik and Caddy.
///
/// Each reads its own headers and no other's: a proxy overwrites only the ones it sets, so any other came from the
/// client (gate.md 4). A header that is absent is as bad as one that is doubled.
enum ForwardedDialect {
    static func decodeNginx(
        _ head: borrowing RequestHead, _ bytes: borrowing Span<UInt8>, into request: inout CheckRequest
    ) -> DenyReason? {
        // nginx writes Host itself, whatever the client sent; X-Forwarded-Host it would only relay.
        decode(head, bytes, method: .xOriginalMethod, target: .xOriginalURI, host: .host, &request)
    }

    static func decodeForward(
        _ head: borrowing RequestHead, _ bytes: borrowing Span<UInt8>, into request: inout CheckRequest
    ) -> DenyReason? {
        decode(head, bytes, method: .xForwardedMethod, target: .xForwardedURI, host: .xForwardedHost, &request)
    }

    /// `X-Original-URL` is `scheme://host/path?query`.
    static func decodeIngressNginx(
        _ head: borrowing RequestHead, _ bytes: borrowing Span<UInt8>, into request: inout CheckRequest
    ) -> DenyReason? {
        if let reason = decode(head, bytes, method: .xOriginalMethod, target: .xOriginalURL, host: .other, &request) {
            return reason
        }
        let url = bytes.extracting(request.path.bounds)
        let schemeLength = url.starts(with: "https://") ? 8 : url.starts(with: "http://") ? 7 : 0
        guard schemeLength > 0, let slash = url.firstIndex(of: 0x2F, from: schemeLength) else { return .ambiguousPath }
        let start = Int(request.path.start)
        request.host = ByteRange(start: start + schemeLength, count: slash - schemeLength)
        request.path = ByteRange(start: start + slash, count: Int(request.path.count) - slash)
        return nil
    }

    private static func decode(
        _ head: borrowing RequestHead, _ bytes: borrowing Span<UInt8>, method: HeaderToken, target: HeaderToken,
        host: HeaderToken, _ request: inout CheckRequest
    ) -> DenyReason? {
        if head.isRepeated(method) || head.isRepeated(target) { return .originalRequestDoubled }
        guard let name = head.value(of: method), !name.isEmpty, let uri = head.value(of: target), !uri.isEmpty else {
            return .originalRequestMissing
        }
        request.methodName = name
        request.method = Method(bytes.extracting(name.bounds))
        request.path = TargetPath.withoutQuery(uri, bytes)
        request.query = TargetPath.query(of: uri, after: request.path)
        if host != .other, head.isRepeated(host) { return .originalRequestDoubled }
        request.host = host == .other ? .empty : head.value(of: host) ?? .empty
        return nil
    }
}
