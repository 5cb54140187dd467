import Bytes
import HTTPWire
import NIOHTTP1

/// The bytes of a head as the oracle is shown them; see HTTPOracle.
struct Shown {
    var bytes: [UInt8]
    var hidesMethod = false
    var hidesProxyConnection = false

    /// The methods of llhttp's HTTP list but CONNECT and Icecast's SOURCE.
    static let methods: Set<[UInt8]> = Set(
        [
            "DELETE", "GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE", "COPY", "LOCK", "MKCOL", "MOVE", "PROPFIND",
            "PROPPATCH", "SEARCH", "UNLOCK", "BIND", "REBIND", "UNBIND", "ACL", "REPORT", "MKACTIVITY", "CHECKOUT",
            "MERGE", "M-SEARCH", "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE", "PATCH", "PURGE", "MKCALENDAR", "LINK", "UNLINK",
            "QUERY",
        ].map { Array($0.utf8) })
    private static let proxyConnection = Array("proxy-connection".utf8)

    init(_ head: borrowing RequestHead, _ whole: [UInt8]) {
        bytes = Array(whole[..<head.byteCount])
        for field in head.fields where field.name.count == Self.proxyConnection.count {
            guard bytes[field.name.bounds].map(ASCII.lowercased) == Self.proxyConnection else { continue }
            bytes[Int(field.name.start)] = UInt8(ascii: "x")
            hidesProxyConnection = true
        }
        if !Self.methods.contains(Array(bytes[head.method.bounds])) {
            bytes.replaceSubrange(head.method.bounds, with: Array("GET".utf8))
            hidesMethod = true
        }
    }
}

/// What of our reading is compared.
struct HeadOutline {
    var method: ByteRange
    var target: ByteRange
    var minorVersion: UInt8
    var fields: ContiguousArray<HeaderField>
    var keepsAlive: Bool

    init(_ head: borrowing RequestHead) {
        method = head.method
        target = head.target
        minorVersion = head.minorVersion
        fields = head.fields
        keepsAlive = head.keepsAlive
    }
}

/// Our reading of a head beside the oracle's.
struct HTTPHeadComparison {
    var ours: HeadOutline
    var bytes: [UInt8]
    var theirs: HTTPRequestHead
    var shown: Shown

    /// The first thing they differ in, or nil.
    var difference: String? {
        // NIO spells this one method otherwise than llhttp does.
        let method = theirs.method == .MSEARCH ? "M-SEARCH" : theirs.method.rawValue
        if !shown.hidesMethod, !isSame(method, ours.method) { return "method \(theirs.method)" }
        if !isSame(theirs.uri, ours.target) { return "target \(theirs.uri)" }
        if theirs.version != HTTPVersion(major: 1, minor: Int(ours.minorVersion)) { return "version \(theirs.version)" }
        if theirs.headers.count != ours.fields.count { return "\(theirs.headers.count) fields" }
        for (field, (name, value)) in zip(ours.fields, theirs.headers) {
            if !isSame(name, field.name), !shown.hidesProxyConnection { return "name \(name)" }
            // llhttp leaves white space after a value where it is.
            if !isSame(trimmed(value), field.value) { return "value of \(name): \(value.debugDescription)" }
        }
        return isSameFate ? nil : "keep-alive \(theirs.isKeepAlive)"
    }

    /// Ours closes where llhttp would not in two cases: after CONNECT, and on HTTP/1.0 where `close` stands beside
    /// `keep-alive`. It never keeps what llhttp would close.
    private var isSameFate: Bool {
        if ours.keepsAlive == theirs.isKeepAlive { return true }
        if ours.keepsAlive { return false }
        if bytes[ours.method.bounds].elementsEqual("CONNECT".utf8) { return true }
        return ours.minorVersion == 0
            && theirs.headers[canonicalForm: "connection"].contains { $0.lowercased() == "close" }
    }

    /// Byte by byte; but where ours are not UTF-8 the oracle has lost them, and the replaced text must do.
    private func isSame(_ text: some StringProtocol, _ range: ByteRange) -> Bool {
        let slice = bytes[range.bounds]
        return text.utf8.elementsEqual(slice) || text.utf8.elementsEqual(String(decoding: slice, as: UTF8.self).utf8)
    }

    /// Cut by bytes: a space after a prepended mark is no Character of its own.
    private func trimmed(_ value: String) -> Substring {
        var bytes = value.utf8[...]
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        return Substring(bytes)
    }
}
