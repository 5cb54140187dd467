
-- Reads one bucket and changes nothing.
--
-- KEYS     the bucket
-- ARGV[1]  1, the limit described above
-- Returns  now, 1 or 2 for unreadable, and what a charge of nothing would read.
local value = redis.pcall('GET', KEYS[1])
if type(value) == 'table' then value = args[2] ~= 3 and other(KEYS[1]) end
local t, f = read(value or nil, 2, KEYS[1])
return { now, t and 1 or 2, t or 0, f or 0 }
