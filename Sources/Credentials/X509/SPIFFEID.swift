/// SPIFFE IDs: `spiffe://trust-domain/path`, as SPIFFE-ID section 2 allows them and in no other spelling.
enum SPIFFEID {
    static let scheme = "spiffe://"
    /// SPIFFE-ID section 2.3.
    private static let trustDomainBytesMax = 255

    /// Whether a URI claims to be a SPIFFE ID, in whatever case: one that does must be right.
    static func isClaimed(by uri: String) -> Bool {
        uri.utf8.count >= 7 && uri.prefix(7).lowercased() == "spiffe:"
    }

    /// Whether it is well formed and names a workload: lower-case trust domain without port or user; a path whose
    /// segments are neither empty nor dots; no escapes, query or fragment. A trust domain alone is an authority's ID
    /// (X509-SVID section 5.2).
    static func isValid(_ uri: String) -> Bool {
        guard uri.utf8.count <= CertificateNames.bytesMax, uri.hasPrefix(scheme) else { return false }
        let parts = uri.utf8.dropFirst(scheme.utf8.count).split(separator: 0x2F, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].count <= trustDomainBytesMax else { return false }
        return isSegment(parts[0], allowingUpperCase: false)
            && parts.dropFirst().allSatisfy { isSegment($0, allowingUpperCase: true) && !isDots($0) }
    }

    private static func isSegment(_ bytes: Substring.UTF8View, allowingUpperCase: Bool) -> Bool {
        !bytes.isEmpty
            && bytes.allSatisfy { byte in
                switch byte {
                case 0x61...0x7A, 0x30...0x39, 0x2D, 0x2E, 0x5F: true
                case 0x41...0x5A: allowingUpperCase
                default: false
                }
            }
    }

    private static func isDots(_ bytes: Substring.UTF8View) -> Bool {
        bytes.elementsEqual([0x2E]) || bytes.elementsEqual([0x2E, 0x2E])
    }
}
