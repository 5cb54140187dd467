/// What HTTPHeadGenerator puts together.
enum Parts {
    static let lineEnd = bytes("\r\n")
    static let version10 = bytes(" HTTP/1.0\r\n")
    static let version11 = bytes(" HTTP/1.1\r\n")
    static let host = bytes("Host")
    static let options = bytes("OPTIONS")

    static let methods = [
        "GET", "GET", "GET", "POST", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT",
        "M-SEARCH", "PROPFIND", "QUERY", "UNLINK", "SOURCE", "get",
    ].map(bytes)
    static let targets = [
        "/", "/envoy/invoke", "/envoy/a/b?c=d&e=f", "/nginx", "//", "/%2e%2e/%00", "/a?b?c#d#e", "/?", "/#", "/*",
        "/a:80@b", "/http://a/b", "/a;b=c", "/\\^`{|}<>\"",
    ].map(bytes)
    static let hosts = [
        "a", "agent.example.com", "agent.example.com:8443", "[::1]:80", "127.0.0.1", "", "a_b-c~d", "xn--caf-dma",
        "a%20b",
    ].map(bytes)
    static let names = [
        "authorization", "content-type", "X-API-Key", "x-request-id", "x-forwarded-for", "X-Original-URI",
        "traceparent",
        "accept", "user-agent", "cookie", "te", "trailer", "x-envoy-internal", "content-lengt", "transfer-encodin",
        "content-length-x", "connectio", "connection-x", "upgrade-x", "hos", "host-x",
    ].map(bytes)

    /// Fields that change what comes after the head. Most values are good; the rest are what smuggling is made of.
    static let framing: [(name: [UInt8], values: [[UInt8]])] = [
        (
            "content-length",
            [
                "0", "1", "5", "17", "007", "4294967296", "9223372036854775807", "18446744073709551615",
                "18446744073709551616", "5,5", "+5", "-5", "5 5", "0x5", "",
            ]
        ),
        (
            "transfer-encoding",
            [
                "chunked", "chunked", "chunked", "Chunked", "CHUNKED", "gzip", "gzip, chunked",
                "chunked, gzip", "identity", "chunked,", "\u{0B}chunked", "chunke", "",
            ]
        ),
        (
            "connection",
            [
                "close", "keep-alive", "Close", "KEEP-ALIVE", "keep-alive, close", "close,keep-alive", "te",
                "upgrade", "Upgrade, close", "keep-alive ,\tupgrade", "closed", "clos", "close x", ",", "",
                ",,close", " close ", "close;a", "te, close, x", "keep-alivex", "xclose", "upgrade,keep-alive",
            ]
        ),
        ("upgrade", ["websocket", "h2c", ""]),
        ("expect", ["100-continue", "100-Continue", "other"]),
        ("proxy-connection", ["close", "keep-alive"]),
    ].map { (bytes($0.0), $0.1.map(bytes)) }

    /// Pieces that have meant different things to different parsers.
    static let splinters = [
        "\r\n", "\n", "\r", "\r\n\r\n", "\n\n", "\r\r\n", " ", "\t", ":", " :", "\r\n ", "\r\n\t", "\0", ",", ";",
        " HTTP/1.1\r\n", "HTTP/2.0", "chunked", "\r\nHost: b", "\u{85}", "\u{A0}", "\u{2028}",
    ].map(bytes)
    static let edges: [UInt8] = [
        0x00, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1F, 0x20, 0x21, 0x22, 0x2B, 0x2C, 0x2D, 0x2F, 0x30, 0x39, 0x3A,
        0x3B,
        0x40, 0x41, 0x5A, 0x5B, 0x5C, 0x60, 0x61, 0x7A, 0x7B, 0x7E, 0x7F, 0x80, 0x8A, 0x8D, 0xA0, 0xFF,
    ]
    static let tokenBytes = bytes("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~")

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}
