import CLibcurl
import Credentials
import Domain

/// One request under way, as the outbound thread keeps it. libcurl holds its address, so it stays where it is until its
/// easy handle has been taken out of the multi handle.
final class Transfer {
    let submission: Submission
    let easy: UnsafeMutableRawPointer
    /// What we ourselves found wrong with the answer, while libcurl only knows that we wanted no more of it.
    private(set) var fault: OutboundFault?

    private var head = ResponseHead()
    private var body: [UInt8] = []
    private var lines: UnsafeMutablePointer<curl_slist>?

    /// - Parameter easy: a fresh or reset easy handle, which the transfer does not own.
    init(_ submission: Submission, easy: UnsafeMutableRawPointer) {
        self.submission = submission
        self.easy = easy
        isComplete = true
        let request = submission.request
        setSafety(request.endpoint)
        set(CURLOPT_URL, text: request.endpoint.url)
        if let path = request.endpoint.unixSocket {
            set(CURLOPT_UNIX_SOCKET_PATH, text: path)
            // A proxy named by the environment is for the network.
            set(CURLOPT_PROXY, text: "")
        }
        if request.isDirect { set(CURLOPT_PROXY, text: "") }
        if request.method == .post { setBody(request.body) }
        if request.method == .put { set(CURLOPT_CUSTOMREQUEST, text: "PUT") }
        if let signature = request.signature { sign(signature) }
        setFields(request.fields)
        setReceivers()
    }

    deinit { curl_slist_free_all(lines) }

    /// Whether libcurl took every option; a transfer with one missing is not sent.
    private(set) var isComplete: Bool

    /// The answer, or what was wrong with it, once libcurl is done.
    func result(_ code: CURLcode) -> Result<OutboundResponse, OutboundFault> {
        if let fault { return .failure(fault) }
        let proxyStatus = postern_curl_info_long(easy, CURLINFO_HTTP_CONNECTCODE)
        if let fault = OutboundFault(code, proxyStatus: proxyStatus) { return .failure(fault) }
        let status = postern_curl_info_long(easy, CURLINFO_RESPONSE_CODE)
        guard (200..<600).contains(status) else { return .failure(.malformed) }
        if (300..<400).contains(status) { return .failure(.redirected) }
        let version = postern_curl_info_long(easy, CURLINFO_HTTP_VERSION)
        return .success(
            OutboundResponse(
                status: status, fields: head.fields, body: body, isHTTP2: version == Int(CURL_HTTP_VERSION_2_0)
            ))
    }

    // MARK: Receiving

    /// - Returns: whether libcurl shall go on.
    fileprivate func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= submission.request.answerBytesMax - body.count else {
            fault = .bodyTooLarge
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    fileprivate func receive(line bytes: UnsafeRawBufferPointer) -> Bool {
        if head.append(bytes) { return true }
        fault = .headTooLarge
        return false
    }

    private func setReceivers() {
        let address = Unmanaged.passUnretained(self).toOpaque()
        note(postern_curl_set_receiver(easy, CURLOPT_WRITEFUNCTION, receiveBody))
        note(postern_curl_set_pointer(easy, CURLOPT_WRITEDATA, address))
        note(postern_curl_set_receiver(easy, CURLOPT_HEADERFUNCTION, receiveLine))
        note(postern_curl_set_pointer(easy, CURLOPT_HEADERDATA, address))
    }

    // MARK: Options

    /// What no request may change: verified TLS, HTTP only, no redirects, no signals.
    private func setSafety(_ endpoint: OutboundEndpoint) {
        note(postern_curl_allow_http_only(easy))
        note(postern_curl_leave_resolver_behind(easy))
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        set(CURLOPT_MAXLIFETIME_CONN, OutboundBounds.connectionAgeMax)
        set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_USERAGENT, text: "postern")
        guard let file = endpoint.caFile else { return }
        set(CURLOPT_CAINFO, text: file)
        // The system's folder of authorities would be trusted beside the file.
        set(CURLOPT_CAPATH, text: nil)
    }

    /// Copied by libcurl, which may send it twice: a kept connection can turn out to be closed.
    private func setBody(_ bytes: [UInt8]) {
        set(CURLOPT_POST, 1)
        note(postern_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, Int64(bytes.count)))
        bytes.withUnsafeBytes { buffer in
            // A null pointer would mean a body that is asked for by callback.
            if let base = buffer.baseAddress {
                note(postern_curl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, base))
            } else {
                set(CURLOPT_COPYPOSTFIELDS, text: "")
            }
        }
    }

    private func sign(_ signature: AmazonSignature) {
        note(postern_curl_sign_for_aws(easy, signature.scope))
        set(CURLOPT_USERNAME, text: signature.keys.id)
        set(CURLOPT_PASSWORD, text: signature.keys.secret.text)
    }

    private func setFields(_ fields: [OutboundRequest.Field]) {
        // A body is sent at once: `Expect: 100-continue` would cost a round trip. What is signed is too short for one,
        // and libcurl would sign even the field's absence.
        if submission.request.signature == nil { append("Expect:") }
        for field in fields { append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)") }
        note(postern_curl_set_pointer(easy, CURLOPT_HTTPHEADER, lines))
    }

    private func append(_ line: String) {
        guard let longer = curl_slist_append(lines, line) else { return isComplete = false }
        lines = longer
    }

    private func set(_ option: CURLoption, _ value: Int) { note(postern_curl_set_long(easy, option, value)) }

    private func set(_ option: CURLoption, text: String?) { note(postern_curl_set_text(easy, option, text)) }

    private func note(_ code: CURLcode) {
        if code != CURLE_OK { isComplete = false }
    }
}

/// Anything but the count of bytes stops the transfer; libcurl never calls with none that matter.
private func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ transfer: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer else { return 0 }
    let buffer = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue().receive(body: buffer) ? buffer.count : 0
}

private func receiveLine(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ transfer: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer else { return 0 }
    let buffer = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue().receive(line: buffer) ? buffer.count : 0
}
