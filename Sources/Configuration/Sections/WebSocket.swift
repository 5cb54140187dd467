extension SettingsDecoder {
    /// `auth.websocket`. Both are off unless they are named: a token in a query is in every access log on its way.
    func webSocket(_ auth: Section) -> WebSocketSettings {
        let section = section(auth, "websocket", .webSocket)
        var settings = WebSocketSettings()
        settings.subprotocol = section["subprotocol"].flatMap { headerToken($0, "subprotocol") }
        settings.queryParameter = section["query_parameter"].flatMap { headerToken($0, "query_parameter") }
        return settings
    }
}
