enum PlaceholderLimits {}
