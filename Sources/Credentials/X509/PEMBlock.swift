import Bytes
import CLibcrypto

/// One `-----BEGIN …-----` block of a PEM text (RFC 7468), decoded by libcrypto.
struct PEMBlock {
    var label: String
    var bytes: [UInt8]

    static let certificate = "CERTIFICATE"
    static let revocationList = "X509 CRL"

    private static let opening: StaticString = "-----BEGIN "

    /// All blocks of a text, or nil where one is malformed or encrypted, or there are more than `countMax`.
    ///
    /// - Parameter allowingText: takes text outside of blocks, as files of authorities have it; what a client sent must
    ///   be blocks and white space.
    static func readAll(_ text: borrowing Span<UInt8>, countMax: Int, allowingText: Bool) -> [PEMBlock]? {
        guard text.count <= Int32.max else { return nil }
        return text.withUnsafeBufferPointer { buffer -> [PEMBlock]? in
            guard let start = buffer.baseAddress, let input = BIO_new_mem_buf(start, Int32(buffer.count)) else {
                return buffer.isEmpty ? [] : nil
            }
            defer { BIO_free(input) }
            var blocks: [PEMBlock] = []
            var position = 0
            while let next = opening(in: buffer.span, from: position) {
                guard blocks.count < countMax, allowingText || isBlank(buffer.span, position..<next),
                    let block = read(input)
                else { return nil }
                blocks.append(block)
                // libcrypto reads by lines, and has stopped behind the one that ends the block.
                position = buffer.count - BIO_ctrl_pending(input)
            }
            return allowingText || isBlank(buffer.span, position..<buffer.count) ? blocks : nil
        }
    }

    /// Where the next block's first line begins: at the start of the text or of a line.
    private static func opening(in text: borrowing Span<UInt8>, from: Int) -> Int? {
        var line = from
        while line < text.count {
            if text.extracting(line..<text.count).starts(with: opening) { return line }
            guard let end = text.firstIndex(of: 0x0A, from: line) else { return nil }
            line = end + 1
        }
        return nil
    }

    private static func isBlank(_ text: borrowing Span<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range where ![0x20, 0x09, 0x0D, 0x0A].contains(text[index]) { return false }
        return true
    }

    /// The next block. Headers (RFC 1421) mean encryption, and asking for a pass phrase: refused.
    private static func read(_ input: OpaquePointer) -> PEMBlock? {
        var (name, header): (UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?)
        var data: UnsafeMutablePointer<UInt8>?
        var count = 0
        guard PEM_read_bio(input, &name, &header, &data, &count) == 1 else {
            ERR_clear_error()
            return nil
        }
        defer {
            CRYPTO_free(name, nil, 0)
            CRYPTO_free(header, nil, 0)
            CRYPTO_free(data, nil, 0)
        }
        guard let name, let header, header.pointee == 0, let data else { return nil }
        return PEMBlock(label: String(cString: name), bytes: Array(UnsafeBufferPointer(start: data, count: count)))
    }
}
