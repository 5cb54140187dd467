enum PlaceholderPolicy {}
