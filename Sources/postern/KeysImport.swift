import ArgumentParser
import Glibc
import Sidecar

extension Keys {
    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add keys that were made elsewhere.",
            discussion: """
                Reads a JSON array, or an object a line: id, and key or sha256; what `list --json` prints is taken \
                too. All are checked before the first is added; what is there already is left as it is.
                """)

        @OptionGroup var arguments: KeyArguments

        @Argument(help: "The file; - reads standard input, which keeps keys out of files.")
        var file = "-"

        func run() throws {
            try arguments.run { keys in
                let imported = try keys.add(try read())
                if arguments.json {
                    print(imported.json)
                } else {
                    print("added \(imported.added), unchanged \(imported.unchanged)")
                    for id in imported.taken { StandardError.write("\(id): there is another key of this id") }
                }
                if !imported.taken.isEmpty { throw ExitCode(1) }
            }
        }

        /// A million keys fit.
        private static let bytesMax = 1 << 30

        private func read() throws -> [UInt8] {
            let input = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
            guard input >= 0 else { throw KeyAdministration.Refusal("\(file): \(String(cString: strerror(errno)))") }
            defer { if file != "-" { close(input) } }
            var (bytes, chunk): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 65_536))
            while true {
                let count = Glibc.read(input, &chunk, chunk.count)
                if count == 0 { return bytes }
                guard count > 0 else {
                    throw KeyAdministration.Refusal("\(file): \(String(cString: strerror(errno)))")
                }
                bytes += chunk[..<count]
                guard bytes.count <= Self.bytesMax else { throw KeyAdministration.Refusal("\(file) is too large") }
            }
        }
    }
}

/// For what is no output: a line each.
enum StandardError {
    static func write(_ text: String) {
        let line = [UInt8]("\(text)\n".utf8)
        _ = Glibc.write(STDERR_FILENO, line, line.count)
    }
}
