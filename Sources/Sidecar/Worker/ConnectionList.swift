/// A worker's open connections, each knowing its own place, so that adding and removing cost the same however many.
struct ConnectionList {
    private var members: ContiguousArray<CheckConnection> = []

    var count: Int { members.count }

    mutating func add(_ connection: CheckConnection) {
        connection.listIndex = members.count
        members.append(connection)
    }

    mutating func remove(_ connection: CheckConnection) {
        let index = connection.listIndex
        precondition(members[index] === connection, "a connection knows its place")
        let last = members.removeLast()
        if last !== connection {
            members[index] = last
            last.listIndex = index
        }
    }

    /// Visits a copy of the list: a visited connection may close and remove itself.
    func forEach(_ body: (CheckConnection) -> Void) {
        for member in members { body(member) }
    }
}
