import Bytes
public import Logging

/// swift-log events as one JSON object a line: `{"time":…,"level":…,"event":…, then the metadata in order of name}`.
public struct JSONLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    private let sink: LogSink

    public init(sink: LogSink, level: Logger.Level) {
        self.sink = sink
        self.logLevel = level
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var line = ByteWriter(reserving: 256)
        line.write("{\"time\":")
        line.write(json: Timestamp.now())
        line.write(",\"level\":")
        line.write(json: event.level.rawValue)
        line.write(",\"event\":")
        line.write(json: event.message.description)
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            line.write(",")
            line.write(json: name)
            line.write(":")
            line.write(json: value.description)
        }
        line.write("}")
        sink.write(String(decoding: line.bytes, as: UTF8.self))
    }
}
