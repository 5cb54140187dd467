import Bytes
import Credentials
import Domain

/// An allow as Envoy hears it: the headers to set, and in `x-envoy-auth-headers-to-remove` the ones to take away.
///
/// No name is ever in both: removal wins in Envoy, and the identity would be lost (gate.md 14).
enum EnvoyAnswer {
    static func writeAllow(_ check: Check, _ identity: Identity, to writer: inout ByteWriter) {
        identity.writePresent(to: &writer)
        if let ticket = check.ticket { TicketField.write(ticket, to: &writer) }
        if check.presented.hasHandshakeToken { HandshakeField.write(check, to: &writer) }
        writer.write("x-envoy-auth-headers-to-remove: ")
        identity.writeRemovals(holding: check.ticket != nil, to: &writer)
        // A token that was judged, or that lay beside the judged key: neither may reach the agent.
        if check.presented.mayHoldToken { writer.write(", authorization") }
        writer.write("\r\n")
    }

    /// What is removed whoever asks: the credentials' carriers, and the underscore twins of every name that Postern
    /// speaks for, which many servers read as the name itself.
    static func permanentRemovals(_ identityNames: [String], carriers: [String]) -> [String] {
        var names = identityNames.map(twin)
        for carrier in carriers {
            names.append(carrier)
            if carrier.contains("-") { names.append(twin(of: carrier)) }
        }
        return names
    }

    private static func twin(of name: String) -> String {
        String(name.lowercased().map { $0 == "-" ? "_" : $0 })
    }
}
