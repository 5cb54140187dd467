// What a file says with its aliases and merge keys written out, which an edit has to know and cannot touch.

extension EditedText {
    /// The value that a reader of the file finds at a path of keys; nil where there is none, or nothing in it.
    func meaning(_ path: [String]) -> YAMLNode? {
        let unheard = ProblemList(file: "")
        let node = path.reduce(YAMLReader.read(text[...], unheard)) { $0?[$1] }
        return node?.isNull == true ? nil : node
    }

    /// The single value at a path.
    func word(_ path: [String]) -> String? {
        guard case .scalar(let text, _)? = meaning(path)?.content else { return nil }
        return text
    }

    /// A key of a mapping's own hides the one that `<<` brings. With another word that is what is wanted; a list or a
    /// mapping would take with it what it does not say itself, and to take away a key of `<<` is not possible.
    ///
    /// - Parameter value: what would stand there; nil where it is to go.
    func refuseHidden(_ path: [String], in mapping: MarkedNode, by value: EditValue?) throws(EditFault) {
        guard let key = path.last, let merge = mapping.entries?.first(where: { $0.key.text == "<<" }),
            let hidden = meaning(path)
        else { return }
        if case .scalar = hidden.content, let value {
            switch value {
            case .text, .literal: return
            case .list, .map: break
            }
        }
        throw fault(merge.key, "`\(key)` comes from this `<<`; write it out to have it edited")
    }
}
