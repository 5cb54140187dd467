import Bytes
import Configuration
import Domain
import HTTPWire

/// One identity header's value (gate.md 15): bytes outside 0x20–0x7E and `%` are percent-encoded everywhere, commas
/// inside the items of a list too, so that a list can be taken apart again.
enum IdentityValue {
    /// Nothing where the principal has no such value.
    static func write(_ field: IdentityHeaderSettings.Field, of principal: Principal, to writer: inout ByteWriter) {
        // Nobody has no headers: their presence alone says that somebody was authenticated.
        if principal.isAnonymous { return }
        switch field {
        case .userID: write(principal.subject, to: &writer)
        case .email: write(principal.email, to: &writer)
        case .name: write(principal.name, to: &writer)
        case .roles: write(list: principal.roles, to: &writer)
        case .permissions: write(list: principal.permissions, to: &writer)
        case .scopes: write(list: principal.scopes, to: &writer)
        case .tenantID: write(principal.tenant, to: &writer)
        case .method: write(principal.method.rawValue, to: &writer)
        case .keyID: write(principal.keyID, to: &writer)
        case .issuer: write(principal.issuer, to: &writer)
        case .expires: if let seconds = principal.expiresAt { writer.write(decimal: seconds) }
        }
    }

    private static func write(_ value: String?, to writer: inout ByteWriter) {
        if let value { writer.write(untrusted: value.utf8.span) }
    }

    private static func write(list items: [String], to writer: inout ByteWriter) {
        for (index, item) in items.enumerated() {
            if index > 0 { writer.write(",") }
            writer.write(untrusted: item.utf8.span, listItem: true)
        }
    }
}
