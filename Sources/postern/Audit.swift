import ArgumentParser
import Glibc
import Telemetry

struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look into audit logs.", subcommands: [Verify.self])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether audit logs are as they were written.",
            discussion: """
                Name rotated files together, in any order. Exits with 0 if no line was changed, removed, inserted or \
                moved, with 1 and the file and line if one was.

                The end of the newest file can only be proved by a head that was kept elsewhere: the last `audit head` \
                of the log, or postern_audit_seq and postern_audit_head of /metrics.
                """)

        @Argument(help: "Audit logs; - for standard input.")
        var files: [String]

        @Option(name: .long, help: "A file with the value of audit.key. Repeat it for keys that were replaced.")
        var keyFile: [String] = []

        @Option(name: .long, help: "An environment variable with the value of audit.key.")
        var keyEnv: [String] = []

        @Option(name: .long, help: "A head that was seen: SEQ:HEX from the log, or SEQ:VALUE from /metrics.")
        var head: String?

        func run() throws {
            var verification = AuditVerification(keys: try keys(), head: try seenHead())
            for file in files { verification.read(file) }
            let findings = verification.finish()
            for finding in findings { print(finding) }
            let problems = findings.count { $0.isProblem }
            let read = "\(verification.lines) lines in \(files.count) \(files.count == 1 ? "file" : "files")"
            print(problems == 0 ? "ok: \(read)" : "\(problems) \(problems == 1 ? "problem" : "problems"), \(read)")
            if problems > 0 { throw ExitCode(1) }
        }

        private func seenHead() throws -> AuditHead? {
            guard let head else { return nil }
            guard let seen = AuditHead(head) else {
                throw ValidationError(
                    "--head is SEQ:HEX with 64 digits, or SEQ:VALUE with the decimal value of a metric")
            }
            return seen
        }

        private func keys() throws -> [[UInt8]] {
            try keyFile.map(Verify.key(file:)) + keyEnv.map(Verify.key(variable:))
        }

        private static func key(variable name: String) throws -> [UInt8] {
            guard let value = getenv(name), value.pointee != 0 else { throw ValidationError("\(name) is not set") }
            return Array(String(cString: value).utf8)
        }

        /// As configuration reads a `file:` secret: whole, without the line end at its end.
        private static func key(file path: String) throws -> [UInt8] {
            guard let file = fopen(path, "re") else {
                throw ValidationError("the key file cannot be read: \(String(cString: strerror(errno)))")
            }
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: 65_537)
            let count = fread(&bytes, 1, bytes.count, file)
            guard count <= 65_536 else { throw ValidationError("the key file is larger than 65536 bytes") }
            bytes.removeSubrange(count...)
            if bytes.last == 0x0A { bytes.removeLast(bytes.suffix(2) == [0x0D, 0x0A] ? 2 : 1) }
            guard !bytes.isEmpty else { throw ValidationError("the key file is empty") }
            return bytes
        }
    }
}
