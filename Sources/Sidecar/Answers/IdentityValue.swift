import Bytes
import Configuration
import Domain
import HTTPWire

/// One identity header's value (gate.md 15): bytes outside 0x20–0x7E and `%` are percent-encoded everywhere, commas
/// inside the items of a list too, so that a list can be taken apart again.
enum IdentityValue {
    /// Empty where the principal has no such value.
    static func encode(_ field: IdentityHeaderSettings.Field, of principal: Principal) -> [UInt8] {
        // Nobody has no headers: their presence alone says that somebody was authenticated.
        if principal.isAnonymous { return [] }
        switch field {
        case .userID: return single(principal.subject)
        case .email: return single(principal.email)
        case .name: return single(principal.name)
        case .roles: return list(principal.roles)
        case .permissions: return list(principal.permissions)
        case .scopes: return list(principal.scopes)
        case .tenantID: return single(principal.tenant)
        case .method: return single(principal.method.rawValue)
        case .keyID: return single(principal.keyID)
        case .issuer: return single(principal.issuer)
        case .expires: return single(principal.expiresAt.map { String($0) })
        }
    }

    private static func single(_ value: String?) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(untrusted: Array((value ?? "").utf8).span)
        return [UInt8](writer.bytes)
    }

    private static func list(_ items: [String]) -> [UInt8] {
        var writer = ByteWriter()
        for (index, item) in items.enumerated() {
            if index > 0 { writer.write(",") }
            writer.write(untrusted: Array(item.utf8).span, listItem: true)
        }
        return [UInt8](writer.bytes)
    }
}
