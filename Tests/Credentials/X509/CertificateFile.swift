import Bytes
import Credentials
import Foundation

/// The files of Vectors/Certificates. A missing one traps: the test that asked for it could only pass by testing
/// nothing.
enum CertificateFile {
    /// 2027-01-15, in seconds since 1970: all certificates that are not about dates are valid.
    static let now: Int64 = 1_800_000_000

    static func bytes(_ path: String) -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Vectors/Certificates")
        return [UInt8](try! Data(contentsOf: folder.appending(path: path)))
    }

    static func pem(_ names: String...) -> [UInt8] { names.flatMap { bytes($0 + ".pem") } }

    static func der(_ name: String) -> [UInt8] {
        let lines = String(decoding: pem(name), as: UTF8.self).split(separator: "\n")
        return [UInt8](Data(base64Encoded: lines.dropFirst().dropLast().joined())!)
    }

    static func certificate(_ name: String) throws -> ClientCertificate {
        try ClientCertificate(pem: pem(name).span)
    }

    /// As nginx and Envoy write a PEM into a header.
    static func escaped(_ names: String...) -> String {
        let text = names.map { String(decoding: pem($0), as: UTF8.self) }.joined()
        return text.addingPercentEncoding(withAllowedCharacters: .alphanumerics)!
    }

    static func base64(_ name: String) -> String { Data(der(name)).base64EncodedString() }

    /// Lower-case hexadecimal SHA-256 of the DER, as Envoy's Hash.
    static func hash(_ name: String) -> String {
        SHA256().digest(der(name).span).bytes.map { String(format: "%02x", $0) }.joined()
    }
}

/// What reading or judging ended in, so that a table can hold it.
func fault(_ body: () throws(CertificateFault) -> Void) -> CertificateFault? {
    do {
        try body()
        return nil
    } catch {
        return error
    }
}
