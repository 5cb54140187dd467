import Bytes
import Credentials
import Domain

/// An allow as Envoy hears it: the headers to set, and in `x-envoy-auth-headers-to-remove` the ones to take away.
///
/// No name is ever in both: removal wins in Envoy, and the identity would be lost (gate.md 14).
enum EnvoyAnswer {
    static func writeAllow(_ check: Check, _ principal: Int, to writer: inout ByteWriter) {
        check.gate.identities.writePresent(principal, to: &writer)
        writer.write("x-envoy-auth-headers-to-remove: ")
        writer.write(check.gate.removals)
        check.gate.identities.writeAbsentNames(principal, to: &writer)
        // A bearer that was judged, or that lay beside the judged key: neither may reach the agent.
        if check.presented.mayHoldBearer { writer.write(", authorization") }
        writer.write("\r\n")
    }

    /// What is removed whoever asks: the key header, and the underscore twins of every name that Postern speaks for,
    /// which many servers read as the name itself.
    static func permanentRemovals(_ identities: IdentityHeaders, keyHeader: String?) -> [UInt8] {
        var names = identities.names.map { twin(of: String(decoding: $0, as: UTF8.self)) }
        if let keyHeader {
            names.append(keyHeader.lowercased())
            if keyHeader.contains("-") { names.append(twin(of: keyHeader)) }
        }
        return [UInt8](names.joined(separator: ", ").utf8)
    }

    private static func twin(of name: String) -> String {
        String(name.lowercased().map { $0 == "-" ? "_" : $0 })
    }
}
