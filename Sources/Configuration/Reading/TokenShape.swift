import Bytes

/// Whether bytes look like a JWT: three base64url parts with dots between them, the first a JSON object with `alg`
/// (RFC 7515 section 3.1). As a bearer such a thing is never judged as an API key (gate.md 8).
enum TokenShape {
    static func isToken(_ bytes: borrowing Span<UInt8>) -> Bool {
        var dots: [Int] = []
        for index in 0..<bytes.count where bytes[index] == 0x2E { dots.append(index) }
        guard dots.count == 2, Base64URL.decode(bytes.extracting((dots[0] + 1)..<dots[1])) != nil,
            Base64URL.decode(bytes.extracting((dots[1] + 1)..<bytes.count)) != nil,
            let header = Base64URL.decode(bytes.extracting(0..<dots[0])),
            let value = try? JSONParser.parse(header.span)
        else { return false }
        return value.object?["alg"] != nil
    }
}
