enum PlaceholderSidecar {}
