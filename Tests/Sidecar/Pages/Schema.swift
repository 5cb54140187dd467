import Bytes

/// As much of JSON Schema as our OpenAPI document speaks; stricter than the standard in one thing: a member that an
/// object's `properties` do not name is a fault, so that the document cannot fall behind the answers.
struct Schema {
    let document: JSONObject

    /// What is wrong with `value`, each fault with its place; empty if nothing is.
    func faults(_ value: JSONValue, against schema: JSONValue, at place: String = "$") -> [String] {
        guard let schema = follow(schema)?.object else { return ["\(place): no schema"] }
        var faults: [String] = []
        let types = schema["type"].map { $0.elements?.compactMap(\.text) ?? [$0.text ?? ""] } ?? []
        if !types.isEmpty, !types.contains(Self.type(of: value)) {
            return ["\(place): is \(Self.type(of: value)), not \(types)"]
        }
        if let words = schema["enum"]?.elements, !words.contains(value) { faults.append("\(place): none of the words") }
        for (index, element) in (value.elements ?? []).enumerated() {
            guard let items = schema["items"] else { continue }
            faults += self.faults(element, against: items, at: "\(place)[\(index)]")
        }
        guard let object = value.object else { return faults }
        for name in schema["required"]?.elements?.compactMap(\.text) ?? [] where object[name] == nil {
            faults.append("\(place).\(name): is missing")
        }
        guard schema["properties"] != nil || schema["additionalProperties"] != nil else { return faults }
        for member in object.members {
            if let known = schema["properties"]?.object?[member.key] ?? schema["additionalProperties"] {
                faults += self.faults(member.value, against: known, at: "\(place).\(member.key)")
            } else {
                faults.append("\(place).\(member.key): is not documented")
            }
        }
        return faults
    }

    /// Where a `$ref` leads, or the value itself; nil for one that leads nowhere.
    func follow(_ value: JSONValue?) -> JSONValue? {
        guard let reference = value?.object?["$ref"]?.text else { return value }
        var here = JSONValue.object(document)
        for key in reference.split(separator: "/").dropFirst() {
            guard let next = here.object?[String(key)] else { return nil }
            here = next
        }
        return follow(here)
    }

    private static func type(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .number(let number): number.integer == nil ? "number" : "integer"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
