public import Bytes

/// What a store keeps under one name, and what of it the reference means.
public enum SecretContent {
    /// - Parameter content: the secret as the store keeps it; with a field it must be a JSON object.
    public static func value(_ content: [UInt8], field: String?) throws(SecretFault) -> [UInt8] {
        guard let field else { return try bounded(content) }
        guard let object = (try? JSONParser.parse(content.span))?.object else { throw .noField }
        return try value(of: object, field: field)
    }

    /// The same for a secret that always has fields, as Vault's do: a single one needs no name.
    public static func value(of object: JSONObject, field: String?) throws(SecretFault) -> [UInt8] {
        if field == nil, object.members.count != 1 { throw object.isEmpty ? .empty : .fieldNeeded }
        switch field.flatMap({ object[$0] }) ?? (field == nil ? object.members[0].value : nil) {
        case .string(let text): return try bounded(Array(text.utf8))
        case .number(let number): return try bounded(Array(number.text.utf8))
        default: throw .noField
        }
    }

    static func bounded(_ value: [UInt8]) throws(SecretFault) -> [UInt8] {
        if value.isEmpty { throw .empty }
        if value.count > SecretFault.valueBytesMax { throw .tooLarge }
        return value
    }
}
