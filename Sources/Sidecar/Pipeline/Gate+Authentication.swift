import Bytes
import Configuration
import Credentials
import Domain
import Policy

extension Gate {
    /// Who presented this credential: a position in the Snapshot's principals.
    ///
    /// A second recognised carrier is removed where the proxy can be told to, and refused where it cannot: it would
    /// reach the agent unverified (gate.md 8).
    func authenticate(
        _ presented: Presented, dialect: Dialect, _ bytes: borrowing Span<UInt8>, _ wallSeconds: Int64,
        _ sha256: SHA256
    ) throws(DenyReason) -> Int {
        if isOpen { return snapshot.anonymous }
        if presented.isAmbiguous { throw .ambiguousCredential }
        guard presented.carrier != .none else { throw .noCredential }
        if presented.hasSecond, dialect != .envoy, dialect != .json { throw .secondCredential }
        let key = bytes.extracting(presented.credential.bounds)
        return try snapshot.authenticator.authenticate(key, at: wallSeconds, digest: sha256).get()
    }
}

extension Snapshot {
    func isPublic(_ match: RouteMatch) -> Bool {
        guard case .route(let index) = match else { return false }
        return routes.routes[index].isPublic
    }
}
