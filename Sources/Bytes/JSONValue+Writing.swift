extension ByteWriter {
    /// `value` as JSON without spaces; numbers as they were spelled.
    public mutating func write(_ value: JSONValue) {
        switch value {
        case .null: write("null")
        case .bool(true): write("true")
        case .bool(false): write("false")
        case .number(let number): write(text: number.text)
        case .string(let text): write(json: text)
        case .array(let elements):
            write(0x5B)
            for (index, element) in elements.enumerated() {
                if index > 0 { write(0x2C) }
                write(element)
            }
            write(0x5D)
        case .object(let object): write(object)
        }
    }

    public mutating func write(_ object: JSONObject) {
        write(0x7B)
        for (index, member) in object.members.enumerated() {
            if index > 0 { write(0x2C) }
            write(json: member.key)
            write(0x3A)
            write(member.value)
        }
        write(0x7D)
    }
}
