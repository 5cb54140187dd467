import CLibcurl

extension OutboundFault {
    /// What libcurl's code means to us, or nil for a transfer that ended well.
    ///
    /// - Parameter proxyStatus: what a proxy answered to CONNECT; 0 where none was asked.
    init?(_ code: CURLcode, proxyStatus: Int) {
        switch code {
        case CURLE_OK: return nil
        case CURLE_COULDNT_RESOLVE_HOST: self = .nameNotResolved
        case CURLE_COULDNT_CONNECT: self = .notConnected
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: self = .proxyFailed
        case CURLE_SSL_CONNECT_ERROR: self = .handshakeFailed
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            self = .certificateRefused
        case CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE: self = .authoritiesUnreadable
        case CURLE_OPERATION_TIMEDOUT: self = .deadline
        // Without a proxy that refused, each of these is a connection that ended early.
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2,
            CURLE_HTTP2_STREAM:
            self = proxyStatus == 0 || proxyStatus == 200 ? .interrupted : .proxyFailed
        // The scheme has been checked: what libcurl calls an unsupported protocol is an answer in HTTP/0.9.
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING: self = .malformed
        case CURLE_URL_MALFORMAT: self = .invalidRequest
        default: self = .transport
        }
    }
}
