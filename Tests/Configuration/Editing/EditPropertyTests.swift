import Testing

@testable import Configuration

/// 200 files of any style, edited and read again: only `auth` changes, and it says what was asked for.
@Suite struct EditPropertyTests {
    static let seeds: Range<UInt64> = 0..<200

    private func change() -> AuthChange {
        var change = AuthChange()
        (change.mode, change.envVar, change.header) = ("api_key", "AGENT_KEY", "X-New-Key")
        return change
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test(arguments: seeds) func onlyAuthChanges(_ seed: UInt64) throws {
        var generator = EditGenerator(seed: seed)
        let file = generator.file()
        let old = Array(file.text.utf8)
        let new = try change().applied(to: old, as: .native)

        let (before, after) = (Array(file.before.utf8), Array(file.after.utf8))
        if file.auth.isEmpty {
            // One stretch of new bytes, and all others in their places.
            let head = zip(old, new).prefix { $0 == $1 }.count
            let tail = zip(old.reversed(), new.reversed()).prefix { $0 == $1 }.count
            #expect(head + tail >= old.count, "seed \(seed)")
        } else {
            #expect(new.starts(with: before), "seed \(seed)")
            #expect(new.suffix(after.count) == after[...], "seed \(seed)")
            let kept = comments(file.auth).filter { !comments(text(new)).contains($0) }
            #expect(kept.isEmpty, "seed \(seed)")
        }
        let edited = try EditedText(new)
        #expect(edited.value(["auth", "mode"])?.text == "api_key")
        #expect(edited.value(["auth", "api_keys", "env_var"])?.text == "AGENT_KEY")
        #expect(edited.value(["auth", "api_keys", "header"])?.text == "X-New-Key")
        #expect(edited.says(theSameAs: try EditedText(old), except: "auth"))
        #expect(lineBreaks(new, like: old), "seed \(seed): another kind of line break")
        #expect(try change().applied(to: new, as: .native) == new, "seed \(seed): twice is not once")
    }

    /// Anchors and aliases included: what could be read before an edit can be read behind it, and says the same.
    @Test(arguments: seeds) func whatCouldBeReadStillCan(_ seed: UInt64) throws {
        var generator = EditGenerator(seed: seed)
        // Tags are kept by an edit, and refused by the reader.
        let old = Array(generator.file().text.replacing("!!str ", with: "").utf8)
        let new = try change().applied(to: old, as: .native)
        let (before, after) = (ProblemList(file: "f"), ProblemList(file: "f"))
        let (was, now) = (read(old, before), read(new, after))
        #expect(before.sorted().map(\.message) == after.sorted().map(\.message), "seed \(seed)")
        let others = { (node: YAMLNode?) -> [YAMLEntry] in
            guard case .mapping(let entries)? = node?.content else { return [] }
            return entries.filter { $0.key != "auth" }
        }
        let (kept, found) = (others(was), others(now))
        #expect(kept.map(\.key) == found.map(\.key), "seed \(seed)")
        #expect(zip(kept, found).allSatisfy { $0.value.isSame(as: $1.value) }, "seed \(seed)")
    }

    private func read(_ text: [UInt8], _ problems: ProblemList) -> YAMLNode? {
        YAMLSource.check(text, problems).flatMap { YAMLReader.read($0, problems) }
    }

    @Test(arguments: seeds) func removingLeavesTheRest(_ seed: UInt64) throws {
        var generator = EditGenerator(seed: seed)
        let file = generator.file()
        var change = AuthChange()
        change.removes = true
        let isReferredTo = file.auth.contains("&") && file.after.contains("*")
        let new: [UInt8]
        do throws(EditFault) {
            new = try change.applied(to: Array(file.text.utf8), as: .native)
        } catch {
            // An anchor of `auth` may be used behind it, and then the file stays as it is.
            #expect(isReferredTo && error.message.contains("alias"), "seed \(seed): \(error)")
            return
        }
        #expect(text(new) == file.before + file.after, "seed \(seed)")
    }

    /// What a new section adds, its removal takes away.
    @Test(arguments: seeds) func addingAndRemovingIsNothing(_ seed: UInt64) throws {
        var generator = EditGenerator(seed: seed)
        let file = generator.file()
        guard file.auth.isEmpty else { return }
        var removal = AuthChange()
        removal.removes = true
        let added = try change().applied(to: Array(file.text.utf8), as: .native)
        let back = text(try removal.applied(to: added, as: .native))
        // A file that ended in the middle of a line has one line break more.
        #expect(back == file.text || back == file.text + "\n" || back == file.text + "\r\n", "seed \(seed)")
    }

    /// The numbered comments, in order.
    private func comments(_ text: String) -> [Substring] {
        text.split { $0 == "\n" || $0 == "\r\n" }.compactMap { line in
            line.lastIndex(of: "#").map { line[$0...] }
        }.filter { $0.contains(" c") }
    }

    private func lineBreaks(_ new: [UInt8], like old: [UInt8]) -> Bool {
        let isCRLF = old.contains(0x0D)
        let bare = new.indices.contains { new[$0] == 0x0A && ($0 == 0 || new[$0 - 1] != 0x0D) }
        return isCRLF ? !bare : !new.contains(0x0D)
    }
}
