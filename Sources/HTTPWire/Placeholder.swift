enum PlaceholderHTTPWire {}
