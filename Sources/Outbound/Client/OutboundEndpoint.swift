import CLibcurl

/// Where requests go: a URL, or a unix socket and what to ask it for.
///
/// The URL is read by libcurl's own parser, the same one that will connect, so that what is judged here (the scheme,
/// the host) is what is asked there.
public struct OutboundEndpoint: Sendable, Equatable {
    public enum Problem: String, Error, Sendable {
        case notURL = "not a URL"
        case scheme = "only http, https and unix are spoken"
        case credentials = "a URL must not hold a user name or password"
        case fragment = "a URL that is asked for has no fragment"
        case socketPath = "a unix socket is written unix:/path/of/the/socket:/path/of/the/request"
    }

    /// As libcurl understood it, which is what is sent.
    public let url: String
    /// `http` or `https`; a unix socket speaks `http`.
    public let scheme: String
    /// Lower or upper case as written; brackets around an IPv6 address.
    public let host: String
    public let unixSocket: String?
    /// PEM file of the only authorities whose certificates count; nil for the system's.
    public let caFile: String?

    /// The most bytes of a unix socket's path: `sun_path` of Linux without its NUL.
    static let socketPathMax = 107

    /// - Parameter text: `http://…`, `https://…` or `unix:/path:/http-path`.
    public init(_ text: String, caFile: String? = nil) throws(Problem) {
        let address: String
        if text.hasPrefix("unix:") {
            let parts = text.dropFirst(5).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let path = parts.first, path.hasPrefix("/"), path.utf8.count <= OutboundEndpoint.socketPathMax,
                !path.utf8.contains(0)
            else { throw .socketPath }
            let target = parts.count == 2 ? parts[1] : "/"
            guard target.hasPrefix("/") else { throw .socketPath }
            unixSocket = String(path)
            address = "http://localhost" + target
        } else {
            unixSocket = nil
            address = text
        }
        let parts = try URLParts(address)
        url = parts.whole
        scheme = parts.scheme
        host = parts.host
        self.caFile = caFile
    }

    public var isEncrypted: Bool { scheme == "https" }

    /// Whether the host is this machine by its very name, so that plain HTTP leaves nothing to overhear.
    public var isLoopback: Bool {
        if unixSocket != nil || host == "localhost" || host == "[::1]" { return true }
        // libcurl has brought every spelling of an IPv4 address into this form.
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
    }
}

/// A URL taken apart by libcurl.
private struct URLParts {
    let whole: String
    let scheme: String
    let host: String

    init(_ text: String) throws(OutboundEndpoint.Problem) {
        guard !text.utf8.contains(0), let handle = curl_url() else { throw .notURL }
        defer { curl_url_cleanup(handle) }
        switch curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_DISALLOW_USER)) {
        case CURLUE_OK: break
        case CURLUE_UNSUPPORTED_SCHEME: throw .scheme
        case CURLUE_USER_NOT_ALLOWED: throw .credentials
        default: throw .notURL
        }
        guard let scheme = URLParts.part(CURLUPART_SCHEME, of: handle) else { throw .notURL }
        guard scheme == "http" || scheme == "https" else { throw .scheme }
        guard let host = URLParts.part(CURLUPART_HOST, of: handle),
            let whole = URLParts.part(CURLUPART_URL, of: handle)
        else { throw .notURL }
        guard URLParts.part(CURLUPART_FRAGMENT, of: handle) == nil else { throw .fragment }
        self.scheme = scheme
        self.host = host
        self.whole = whole
    }

    private static func part(_ which: CURLUPart, of handle: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, which, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
