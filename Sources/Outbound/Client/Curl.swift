import CLibcurl

/// What libcurl brings along, and its one start.
public enum Curl {
    /// Runs once, before the first handle; libcurl wants it so where threads start.
    static let isStarted: Bool = {
        let status = postern_curl_start()
        precondition(status == CURLE_OK, "libcurl does not start")
        return true
    }()

    /// The version in use, for the log: "7.88.1".
    public static var version: String {
        postern_curl_version().flatMap { $0.pointee.version }.map { String(cString: $0) } ?? "?"
    }

    /// The file of certificate authorities trusted by default, compiled into libcurl; Debian's is the one that its
    /// package ca-certificates writes. Nil where there is none: then every https needs a `ca_file`.
    public static var defaultAuthorities: String? {
        postern_curl_version().flatMap { $0.pointee.cainfo }.map { String(cString: $0) }
    }
}
