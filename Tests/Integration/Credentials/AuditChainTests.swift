import Foundation
import Glibc
import Testing

extension Live {
    /// The audit log of a running program: rotated, killed, tampered with, out of room (gate.md 29).
    @Suite(.serialized)
    struct AuditChainTests {
        @Test func survivesRotationUnderLoad() throws {
            let scene = try AuditScene(try ScratchFolder())
            let load = scene.load()
            try scene.wait(for: 200, of: load)
            let head = try scene.head()
            for number in 1...3 {
                try scene.rotate(to: "audit.log.\(number)")
                try scene.wait(for: 200, of: load)
            }
            let answers = try load.stop()
            #expect(Set(answers.statuses.keys) == [200, 401], "\(answers.statuses)")
            try scene.stop()
            let verified = try scene.verify(head: head)
            #expect(verified.status == 0, "\(verified.output)")
            #expect(scene.files.count == 4)
            #expect(try scene.checkLines() == answers.count, "each check once, and none lost between two files")
        }

        @Test func findsWhatWasChanged() throws {
            let scene = try AuditScene(try ScratchFolder())
            let load = scene.load()
            for number in 1...2 {
                try scene.wait(for: 50, of: load)
                try scene.rotate(to: "audit.log.\(number)")
            }
            try load.stop()
            try scene.stop()
            #expect(try scene.verify().status == 0)

            let file = "\(scene.folder)/audit.log.2"
            let original = try String(contentsOfFile: file, encoding: .utf8)
            let lines = original.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            func expectFound(_ name: String, _ changed: [String], _ place: String) throws {
                try changed.joined(separator: "\n").write(toFile: file, atomically: false, encoding: .utf8)
                let found = try scene.verify()
                #expect(found.status == 1, "\(name): \(found.output)")
                #expect(found.output.contains("\(file):\(place)"), "\(name): \(found.output)")
            }
            var changed = lines
            changed[9] = lines[9].replacing("\"path\":\"/a\"", with: "\"path\":\"/b\"")
            #expect(changed[9] != lines[9])
            try expectFound("one byte", changed, "10:")
            changed = lines
            changed.remove(at: 9)
            try expectFound("a line removed", changed, "10:")
            changed = lines
            changed.swapAt(9, 10)
            try expectFound("two lines exchanged", changed, "10:")
            changed = lines
            changed[9] = String(lines[9].dropLast(20))
            try expectFound("a line cut", changed, "10:")
            try original.write(toFile: file, atomically: false, encoding: .utf8)
            #expect(try scene.verify().status == 0)
            #expect(try scene.verify(key: String(repeating: "x", count: 40)).status == 1, "another key")
            let without = scene.files.filter { $0 != file }
            #expect(try scene.verify(without).status == 1, "a whole file gone")
        }

        /// `kill -9`, three times, in the middle of traffic: what was written is whole, and the next start goes on.
        @Test func survivesBeingKilled() throws {
            let scene = try AuditScene(try ScratchFolder())
            for _ in 0..<3 {
                let written = try scene.checkLines()
                let load = scene.load()
                // In the file, and not only answered: what is still on its way to it goes with the process.
                #expect(try eventually(within: 30) { try scene.checkLines() >= written + 200 })
                scene.kill()
                try load.stop()
                try scene.restart()
            }
            let load = scene.load()
            try scene.wait(for: 50, of: load)
            try scene.rotate(to: "audit.log.1")
            try load.stop()
            let head = try scene.head()
            try scene.stop()
            let verified = try scene.verify(head: head)
            #expect(verified.status == 0, "\(verified.output)")
            #expect(try scene.checkLines() >= 600)
        }

        /// Mounting needs root.
        @Test(.enabled(if: geteuid() == 0, "only root can mount a small disk")) func survivesAFullDisk() throws {
            let disk = try SmallDisk(kibibytes: 1_024)
            let filler = "\(disk.path)/filler"
            try Data(count: 800_000).write(to: URL(fileURLWithPath: filler))
            let scene = try AuditScene(disk.scratch, folder: disk.path, more: ", queue_bytes: 65536")
            let load = scene.load()
            #expect(try eventually(within: 60) { try scene.postern.metrics().sum("postern_audit_up") == 0 })
            #expect(try eventually(within: 60) { try scene.postern.metrics().sum("postern_audit_dropped_total") > 0 })
            try scene.wait(for: 200, of: load)
            #expect(Set(try load.stop().statuses.keys) == [200, 401], "no check waits for the disk")
            try FileManager.default.removeItem(atPath: filler)
            #expect(try eventually(within: 20) { try scene.postern.metrics().sum("postern_audit_up") == 1 })
            let more = scene.load()
            try scene.wait(for: 20, of: more)
            try more.stop()
            try scene.stop()
            let verified = try scene.verify()
            #expect(verified.status == 0, "\(verified.output)")
            let text = try String(contentsOfFile: scene.current, encoding: .utf8)
            let drops = text.split(separator: "\n").filter { $0.contains("\"kind\":\"drop\"") }
            #expect(!drops.isEmpty, "the chain says how many are missing")
        }
    }
}

/// A file system of its own in memory, of a few kilobytes, unmounted with the last reference.
private final class SmallDisk {
    let scratch: ScratchFolder
    let path: String

    init(kibibytes: Int) throws {
        scratch = try ScratchFolder()
        try scratch.makeFolder("disk")
        path = scratch.file("disk")
        let mount = try Command("mount", ["-t", "tmpfs", "-o", "size=\(kibibytes)k", "audit", path], scratch: scratch)
        guard mount.status == 0 else { throw HarnessFailure("mount: \(mount.errors)") }
    }

    deinit { _ = try? Command("umount", ["-l", path], scratch: scratch) }
}
