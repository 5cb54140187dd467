import Bytes
import Credentials
import NIOHTTP1

/// Who may ask the control listener. A page in a browser must not get here, neither by its own name for this address
/// (DNS rebinding: `Host`) nor by its user's rights (`Origin`); the one exception is our own page (gate.md 22).
enum ControlAccess {
    /// Why the request may not even be looked at; nil where it may.
    ///
    /// - Parameter ownPage: whether a request of the page that this listener serves itself is a fit one.
    static func refusal(of request: HTTPRequestHead, ownPage: Bool = false) -> AdminReport? {
        let hosts = request.headers["Host"]
        guard LoopbackHost.isNamed(by: hosts), isFromHere(request.headers, hosts[0], ownPage) else {
            return .problem(.forbidden, "only from this machine, and not from a web page of another's")
        }
        return nil
    }

    /// Why the request may not have what only the bearer of `admin.token` may; nil where it may.
    static func refusal(of request: HTTPRequestHead, without wanted: Digest256) -> AdminReport? {
        let given = request.headers["Authorization"]
        let scheme = given.first?.prefix(7).lowercased()
        guard given.count == 1, scheme == "bearer ", let token = given.first?.dropFirst(7),
            SHA256().digest([UInt8](token.utf8).span) == wanted
        else {
            var report = AdminReport.problem(.unauthorized, "admin.token is needed")
            report.challenge = "Bearer realm=\"postern control\""
            return report
        }
        return nil
    }

    /// Whoever is no browser sends neither header. A browser sends `Origin` with what is not a plain fetch of its own
    /// page's, and `Sec-Fetch-Site` always: `same-site` would be another port of this machine.
    private static func isFromHere(_ headers: HTTPHeaders, _ host: String, _ ownPage: Bool) -> Bool {
        let (origins, sites) = (headers["Origin"], headers["Sec-Fetch-Site"])
        guard ownPage else { return origins.isEmpty }
        return (origins.isEmpty || origins == ["http://\(host)"])
            && (sites.isEmpty || sites == ["same-origin"] || sites == ["none"])
    }
}
