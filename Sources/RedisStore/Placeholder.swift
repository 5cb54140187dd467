enum PlaceholderRedisStore {}
