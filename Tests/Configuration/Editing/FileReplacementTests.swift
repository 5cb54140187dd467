import Glibc
import Testing

@testable import Configuration

@Suite struct FileReplacementTests {
    private func text(_ path: String) throws -> String {
        String(decoding: try FileBytes.read(path, atMost: 1_000), as: UTF8.self)
    }

    @Test func keepsTheModeAndFollowsLinks() throws {
        let folder = try EditFolder()
        let file = try folder.write("real.yaml", "old\n", mode: 0o640)
        symlink("real.yaml", "\(folder.path)/link.yaml")
        let replacement = try FileReplacement(reading: "\(folder.path)/link.yaml")
        #expect(replacement.bytes == Array("old\n".utf8))
        try replacement.replace(with: Array("new\n".utf8))
        var status = stat()
        #expect(lstat(file, &status) == 0 && status.st_mode & 0o7777 == 0o640)
        #expect(lstat("\(folder.path)/link.yaml", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        #expect(try text(file) == "new\n")
        #expect(folder.names == ["link.yaml", "real.yaml"])
    }

    @Test func refusesAFileThatChangedMeanwhile() throws {
        let folder = try EditFolder()
        let file = try folder.write("a.yaml", "old\n")
        let replacement = try FileReplacement(reading: file)
        _ = try folder.write("a.yaml", "other text\n")
        #expect(throws: FileReplacement.Fault(reason: "was changed by somebody else meanwhile")) {
            try replacement.replace(with: Array("new\n".utf8))
        }
        #expect(try text(file) == "other text\n")
        #expect(folder.names == ["a.yaml"])
    }

    @Test func refusesWhatIsNoFile() throws {
        let folder = try EditFolder()
        mkfifo("\(folder.path)/pipe", 0o600)
        #expect(throws: FileReplacement.Fault(reason: "is no regular file")) {
            _ = try FileReplacement(reading: "\(folder.path)/pipe")
        }
        #expect(throws: FileReplacement.Fault(reason: "cannot be read: No such file or directory")) {
            _ = try FileReplacement(reading: "\(folder.path)/nothing")
        }
    }
}
