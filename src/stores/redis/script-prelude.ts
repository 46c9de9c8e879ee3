import { NO_END } from '../../call/budget-store.ts';

/** How long what a run of a process has spent is kept after it was used last: 35 days in milliseconds. */
export const RUN_LIFE_MS = 35 * 86_400_000;

/** How long a call whose lease has run out may come back and be corrected at least: an hour in milliseconds. */
const EXPIRED_MS = 3_600_000;

/**
 * The part that all scripts share: the arguments as JSON, the guard of the epoch, and the rules of `stores/book.ts` in Lua.
 * Both are held to the same model and the same contract suite; a change here is a new version in the first line, so that
 * processes of two releases can share a server.
 *
 * KEYS[1] is `{purser:<namespace>}:epoch`; every other key has its hash tag and so lies on the same node of a cluster.
 * `c<slot>` is what is committed in a slot, `r<slot>` what is reserved, `s<slot>` the highest mark that was seeded after a loss,
 * `m<slot>:<name>@<limit>` when something was reported, `L` a limit set by hand. `t:<key>` is a hash of those that wait for a key: since when, until when.
 */
export const PRELUDE = `-- purser budgets 4
local P = string.sub(KEYS[1], 1, -6)
local J = cjson.decode(ARGV[1])
local call = redis.call
local now = J.now
if now == 0 then
  local t = call('TIME')
  now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end
local function text(n) return string.format('%.0f', n) end
local has = call('HMGET', KEYS[1], 'id', 'gate')
if not has[1] then
  call('HSET', KEYS[1], 'id', J.candidate, 'gate', now + J.gateMs)
  return {'epoch', J.candidate, J.gateMs}
end
if has[1] ~= J.epoch then return {'epoch', has[1], 0} end
-- A server clock that stepped back must not make the gate longer than it was.
local left = tonumber(has[2]) - now
if J.gated and left > 0 and left <= J.gateMs then return {'gate', '', left} end

local function pick(line)
  if line.w then return text(math.floor(now / line.w) * line.w) end
  for i, from in ipairs(line.c) do
    if now >= tonumber(from) and now < line.z[i] then return from end
  end
end
local function endOf(line, slot)
  if line.w then return tonumber(slot) + line.w end
  for i, from in ipairs(line.c) do
    if from == slot then return line.z[i] end
  end
  return tonumber(slot)
end
local function state(line, slot, untilMs)
  local h = P .. 'b:' .. line.k
  local s = {slot = slot}
  if not line.w then
    local v = call('HMGET', h, 'c' .. slot, 'r' .. slot, 'L')
    s.fresh = not v[1] and not v[2]
    s.c, s.r, s.l, s.set = tonumber(v[1] or 0), tonumber(v[2] or 0), tonumber(v[3] or line.l), v[3]
    return s
  end
  local at = tonumber(slot)
  local last = math.max(at, math.min(untilMs or at, at + line.n * line.w))
  local fields = {'L', 'c' .. slot, 'r' .. slot}
  for from = at - line.n * line.w, last, line.w do
    if from ~= at then
      fields[#fields + 1] = 'c' .. text(from)
      fields[#fields + 1] = 'r' .. text(from)
    end
  end
  local v = call('HMGET', h, unpack(fields))
  s.fresh = not v[2] and not v[3]
  s.c, s.r, s.l, s.set = 0, 0, tonumber(v[1] or line.l), v[1]
  for i = 2, #fields, 2 do
    s.c = s.c + tonumber(v[i] or 0)
    s.r = s.r + tonumber(v[i + 1] or 0)
  end
  return s
end

local function prune(line)
  local h = P .. 'b:' .. line.k
  local kept = J.keepMs
  -- A rate has many short slots, of which only those of its window say anything.
  if line.w then kept = math.max((line.n + 2) * line.w, line.x == 'r' and 0 or kept) end
  local cut = now - kept
  local slots, newest = {}, -1
  local all = call('HGETALL', h)
  for i = 1, #all, 2 do
    local kind, slot = string.match(all[i], '^([crs])(%d+)$')
    if kind then
      local n = tonumber(slot)
      slots[slot] = slots[slot] or 0
      if kind == 'r' then slots[slot] = tonumber(all[i + 1]) end
      if n > newest then newest = n end
    end
  end
  for i = 1, #all, 2 do
    local slot = string.match(all[i], '^[crsm](%d+)')
    if slot and slots[slot] == 0 and tonumber(slot) < cut and tonumber(slot) ~= newest then call('HDEL', h, all[i]) end
  end
end
-- A run of a process has no end that is known before: it is kept for so long after it was used last.
local function runLife(line, slot)
  if not line.w and tonumber(slot) > 0 and endOf(line, slot) == ${NO_END} then return ${RUN_LIFE_MS} end
end
local function lifeOf(line, slot)
  if line.x == 's' then return J.keepMs end
  if line.w then return line.w * (line.n + 1) + J.keepMs end
  local z = endOf(line, slot)
  if z < ${NO_END} then return z - now + J.keepMs end
  return runLife(line, slot)
end
local function add(key, slot, c, r)
  local h = P .. 'b:' .. key
  if c ~= 0 then call('HINCRBY', h, 'c' .. slot, c) end
  if r ~= 0 then call('HINCRBY', h, 'r' .. slot, r) end
end
local function open(line, slot)
  local h = P .. 'b:' .. line.k
  prune(line)
  if not line.x then call('SADD', P .. 'keys', line.k) end
  call('HSETNX', h, 'c' .. slot, 0)
  local life = lifeOf(line, slot)
  -- A window that is over must not take a later one with it, and is kept for a while itself.
  if life and call('HEXISTS', h, 'L') == 0 then call('PEXPIRE', h, math.max(life, call('PTTL', h), J.keepMs)) else call('PERSIST', h) end
end

local function record(id)
  local packed = call('GET', P .. 'i:' .. id)
  if packed then return cmsgpack.unpack(packed) end
end
local function save(id, rec, leaseMs)
  if rec.s == 'r' then
    call('SET', P .. 'i:' .. id, cmsgpack.pack(rec))
    call('ZADD', P .. 'leases', now + leaseMs, id)
  else
    -- Whoever comes by lets a lease run out, also of those who keep records for longer.
    call('SET', P .. 'i:' .. id, cmsgpack.pack(rec), 'PX', rec.s == 'e' and math.max(J.recordMs, ${EXPIRED_MS}) or J.recordMs)
    call('ZREM', P .. 'leases', id)
  end
end
-- Gives slots back, unless nobody has used them for so long that the server has let go of them.
local function give(l)
  if call('HEXISTS', P .. 'b:' .. l[1], 'r' .. l[2]) == 1 then add(l[1], l[2], 0, 0 - l[3]) end
  l[3] = 0
end
local expired = {}
local function expire()
  -- The earliest lease alone is cheap to look at, and mostly all there is to do.
  local first = call('ZRANGE', P .. 'leases', 0, 0, 'WITHSCORES')
  if not first[2] or tonumber(first[2]) > now then return end
  for _, id in ipairs(call('ZRANGEBYSCORE', P .. 'leases', '-inf', now, 'LIMIT', 0, 10)) do
    local rec = record(id)
    if rec and rec.s == 'r' then
      for _, l in ipairs(rec.l) do
        if l[4] then give(l) elseif call('EXISTS', P .. 'b:' .. l[1]) == 1 then add(l[1], l[2], l[3], 0 - l[3]) end
        expired[#expired + 1] = l[1]
      end
      rec.s = 'e'
      save(id, rec)
    else
      call('ZREM', P .. 'leases', id)
    end
  end
end

local function markOnce(line, s, what)
  local h, name = P .. 'b:' .. line.k, what .. '@' .. text(s.l)
  if not line.w then return call('HSETNX', h, 'm' .. s.slot .. ':' .. name, now) == 1 end
  local before = call('HGET', h, 'm0:' .. name)
  if before and now - tonumber(before) < line.w * line.n then return false end
  call('HSET', h, 'm0:' .. name, now)
  return true
end
local function crossings(lines, states)
  local found = {}
  for i, line in ipairs(lines) do
    for j, share in ipairs(line.t) do
      if states[i].c < math.ceil(states[i].l * share) then break end
      if markOnce(line, states[i], share) then
        found[#found + 1] = i - 1
        found[#found + 1] = j - 1
      end
    end
  end
  return found
end
local function firsts(lines, states, refused)
  local found = {}
  for _, i in ipairs(refused) do
    local line, s = lines[i + 1], states[i + 1]
    if not line.x and line.a <= s.l and s.c + line.a > s.l and markOnce(line, s, 'refused') then found[#found + 1] = i end
  end
  return found
end
-- In how many milliseconds enough of a window will have lapsed; 0 when that cannot be said.
local function roomIn(line, s)
  local over = s.c + s.r + line.a - s.l
  if line.x == 's' or not line.w or line.a > s.l or over <= 0 then return 0 end
  local fields, at = {}, tonumber(s.slot)
  for from = at - line.n * line.w, at, line.w do
    fields[#fields + 1] = 'c' .. text(from)
    fields[#fields + 1] = 'r' .. text(from)
  end
  local v = call('HMGET', P .. 'b:' .. line.k, unpack(fields))
  for i = 1, #fields, 2 do
    over = over - tonumber(v[i] or 0) - tonumber(v[i + 1] or 0)
    if over <= 0 then return at - line.n * line.w + (i - 1) / 2 * line.w + (line.n + 1) * line.w - now end
  end
  return 0
end
-- Places among those that wait, as in stores/turns.ts.
local function isBehind(line)
  if not J.turn then return false end
  local all, since = call('HGETALL', P .. 't:' .. line.k), now - J.turn.waitedMs
  for i = 1, #all, 2 do
    local from, to = string.match(all[i + 1], '^(%-?%d+):(%d+)$')
    from, to = tonumber(from), tonumber(to)
    if all[i] ~= J.turn.who and to > now and (from < since or (from == since and all[i] < J.turn.who)) then return true end
  end
  return false
end
local function keepTurns(lines, refused)
  if not J.turn or J.turn.keepMs == 0 then return end
  for _, index in ipairs(refused) do
    local line = lines[index + 1]
    local t = P .. 't:' .. line.k
    if line.a <= line.l then
      local all = call('HGETALL', t)
      for i = 1, #all, 2 do
        if tonumber(string.match(all[i + 1], ':(%d+)$')) <= now then call('HDEL', t, all[i]) end
      end
      call('HSET', t, J.turn.who, text(now - J.turn.waitedMs) .. ':' .. text(now + J.turn.keepMs))
      call('PEXPIRE', t, 10 * J.turn.keepMs)
    end
  end
end
local function statesOf(lines, slots, untilMs)
  local states = {}
  for i, line in ipairs(lines) do states[i] = state(line, slots[i] or '0', untilMs) end
  return states
end
local function slotsOf(rec)
  local slots = {}
  for i, l in ipairs(rec.l) do slots[i] = l[2] end
  return slots
end
local function answer(kind, states, crossed, refused, first, rooms)
  local flat, limits = {}, {}
  for i, s in ipairs(states) do
    local at = (i - 1) * 3
    flat[at + 1], flat[at + 2], flat[at + 3] = s.c, s.r, s.slot
    if s.set then
      limits[#limits + 1] = i - 1
      limits[#limits + 1] = s.l
    end
  end
  if not refused and #limits == 0 and #expired == 0 and (not crossed or #crossed == 0) then return {kind, flat} end
  return {kind, flat, limits, crossed or {}, expired, refused or {}, first or {}, rooms or {}}
end
`;
