local clock = redis.call('TIME') local now, expiring = clock[1] * 1000000 + clock[2], true
-- What the scripts of this store begin with: how a bucket is read and written (limits.md 1-6, 27-29). The line above is
-- the clock and the only one: tests replace it. All of it is MemoryStore in Lua, step for step.
--
-- ARGV[1]  numbers and strings packed by MessagePack, one list: 0 first if there are none but plain token buckets,
--          else 1; and somewhere the description of each limit:
--            0  N  P  P div N  P mod N  capacity's whole and Nths  "N P"          a token bucket
--            1  …the same…  ceiling's whole and Nths  lifetime of a reservation   one whose checks settle
--            2  size  start of the window before, of this one, of the next  its end  size and debt  lifetime or 0
--            3  size  how long a slot is held
-- A bucket `t f N P` is full again at t + f/N microseconds, of N tokens per P; 1 has one word more, when it was last
-- full. 2 is `c start used`. 3 is a sorted set of ids by expiry. Whoever sends keeps every sum below 2^53.
-- A limit whose kind was changed starts anew: the other kind's value counts as none. Anything else is unreadable.
local call, floor, min, max, match, format = redis.call, math.floor, math.min, math.max, string.match, string.format
local args = cmsgpack.unpack(ARGV[1])
local plain = args[1] == 0

-- A token bucket's arrival time under its limit's terms, and when it was last full; nil if the value is no bucket.
local function load(value, l)
  local N, capacity, parts, since = args[l + 1], args[l + 5], args[l + 6], nil
  local t, f, terms = match(value, '^(%d+) (%d+) (%d+ %d+)$')
  if not t then
    t, f, terms, since = match(value, '^(%d+) (%d+) (%d+ %d+) (%d+)$')
    if not t then
      if match(value, '^c %d+ %d+$') then return now, 0, now end
      return nil
    end
    since = since + 0
  end
  t, f = t + 0, f + 0
  if terms == args[l + 7] then
    if f >= N then return nil end
    if t < now then return now, 0, now end
  else
    local oldN, oldP = match(terms, '(%d+) (%d+)')
    oldN, oldP = oldN + 0, oldP + 0
    if f >= oldN or oldP < 1 or oldN >= 9007199254740992 or oldP >= 9007199254740992 then return nil end
    if t < now then return now, 0, now end
    -- Other terms: keep the tokens used (limits.md 3), in the same order of operations as GCRA.rescale.
    t, f = now + math.ceil((t - now + f / oldN) * oldN / oldP * args[l + 2] / N), 0
  end
  -- Never further ahead than an empty bucket with all its debt (limits.md 4).
  if args[l] == 1 then capacity, parts = args[l + 8], args[l + 9] end
  if t > now + capacity or (t == now + capacity and f > parts) then t, f = now + capacity, parts end
  -- Where nobody kept when it was full, the latest it can have been.
  if not since or (t == now and f == 0) then since = now end
  return t, f, since
end

-- What GET cannot read: nil for slots that were counted under this name before, '' for what is not ours.
local function other(key)
  local first = redis.pcall('ZRANGE', key, 0, 0)
  if not first.err and #(first[1] or '') == 32 then return nil end
  return ''
end

-- Making a function costs as much as deciding a charge, so what plain buckets do without is only made for the others.
local expiry, save, advance, back, tokens, window, slots, read
if not plain then
  -- When the store may forget it: not before that moment (limits.md 5). Numbers given to redis.call are written with 17
  -- digits, so this one arrives whole.
  function expiry(t)
    return floor((t + 999) / 1000) + 1
  end

  -- Writes a token bucket or a calendar's count.
  function save(key, l, t, f, since)
    local value
    if args[l] == 2 then
      value, t, f = format('c %.0f %.0f', since, t), f, 0
    else
      value = format('%.0f %.0f ', t, f) .. args[l + 7]
      if args[l] == 1 then value = value .. format(' %.0f', since) end
    end
    if expiring then
      if f > 0 then t = t + 1 end
      call('SET', key, value, 'PXAT', expiry(t))
    else
      call('SET', key, value)
    end
  end

  function advance(t, f, l, tokens)
    local N = args[l + 1]
    t, f = t + tokens * args[l + 3], f + tokens * args[l + 4]
    if f < N then return t, f end
    local whole = floor(f / N)
    return t + whole, f - whole * N
  end

  -- Earlier by whole microseconds and Nths; never before now, when a bucket is full.
  function back(t, f, l, whole, parts)
    t, f = t - whole, f - parts
    if f < 0 then t, f = t - 1, f + args[l + 1] end
    if t < now then return now, 0 end
    return t, f
  end

  -- Whole tokens between two times: rounded, so perhaps one off.
  function tokens(t, f, laterT, laterF, l)
    local N = args[l + 1]
    return floor((laterT - t + (laterF - f) / N) * N / args[l + 2])
  end

  -- A calendar's count, when its window ends and when it began; nil if unreadable. The start never moves back. A sender
  -- whose clock is further off than a window cannot be served: it does not know the window.
  function window(value, l)
    local before, start, finish, last = args[l + 2], args[l + 3], args[l + 4], args[l + 5]
    if now < before or now >= last then return nil end
    local s, e = start, finish
    if now < start then s, e = before, start elseif now >= finish then s, e = finish, last end
    if not value then return 0, e, s end
    local stored, used = match(value, '^c (%d+) (%d+)$')
    if not stored then
      if match(value, '^%d+ %d+ %d+ %d+ ?%d*$') then return 0, e, s end
      return nil
    end
    stored, used = stored + 0, used + 0
    if stored >= 9007199254740992 or used >= 9007199254740992 then return nil end
    if stored < s then return 0, e, s end
    if stored > s then e = stored < start and start or stored < finish and finish or last end
    return min(used, args[l + 6]), e, stored
  end

  -- How many slots are held, and when the first expires; nil if unreadable. The third says that a bucket of another kind
  -- lies there.
  function slots(key, value)
    if value then
      if match(value, '^c %d+ %d+$') or match(value, '^%d+ %d+ %d+ %d+ ?%d*$') then return 0, 0, true end
      return nil
    end
    local after = format('(%.0f', now)
    local held = redis.pcall('ZCOUNT', key, after, '+inf')
    if type(held) == 'table' then return nil end
    if held == 0 then return 0, 0 end
    return held, call('ZRANGEBYSCORE', key, after, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2] + 0
  end

  -- A bucket of any kind under its limit's terms, as two numbers, and what it remembers; nil if it is none.
  function read(value, l, key)
    local kind = args[l]
    if kind == 2 then return window(value, l) elseif kind == 3 then return slots(key, value) end
    if not value then return now, 0, now end
    return load(value, l)
  end
end
