import { createHash } from 'node:crypto';
import { PRELUDE } from './script-prelude.ts';

/** A script and its name on the server. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

const script = (body: string): Script => {
  const text = PRELUDE + body;
  return { text, sha: createHash('sha1').update(text).digest('hex') };
};

/** Reserves for all lines or for none. */
export const RESERVE = script(`
expire()
local id, leaseMs, lines = J.id, J.leaseMs, J.lines
local known = record(id)
if known then return answer('duplicate', statesOf(lines, slotsOf(known))) end
local states, refused = {}, {}
for i, line in ipairs(lines) do
  local slot = pick(line)
  if not slot then return {'stale', now} end
  local s = state(line, slot)
  states[i] = s
  if line.e and (s.c + s.r + line.a > s.l or isBehind(line)) then refused[#refused + 1] = i - 1 end
end
local crossed = crossings(lines, states)
if #refused > 0 then
  keepTurns(lines, refused)
  local rooms = {}
  for i, index in ipairs(refused) do rooms[i] = roomIn(lines[index + 1], states[index + 1]) end
  return answer('refused', states, crossed, refused, firsts(lines, states, refused), rooms)
end
local held = {}
for i, line in ipairs(lines) do
  local s = states[i]
  if s.fresh then open(line, s.slot)
  elseif not s.set and runLife(line, s.slot) then call('PEXPIRE', P .. 'b:' .. line.k, runLife(line, s.slot)) end
  add(line.k, s.slot, 0, line.a)
  s.r = s.r + line.a
  held[i] = {line.k, s.slot, line.a, line.x == 's' or nil}
  if line.x == 's' then call('PEXPIRE', P .. 'b:' .. line.k, leaseMs + J.keepMs) end
  if J.turn then call('HDEL', P .. 't:' .. line.k, J.turn.who) end
end
save(id, {s = 'r', l = held}, leaseMs)
return answer('reserved', states, crossed)
`);

/** Holds more for a call that still runs. */
export const EXTEND = script(`
local id, leaseMs, lines = J.id, J.leaseMs, J.lines
local rec = record(id)
if not rec or rec.s == 'd' then return {'unknown'} end
local slots = slotsOf(rec)
local states, refused = statesOf(lines, slots, now), {}
for i, line in ipairs(lines) do
  local more = line.a - (rec.l[i] and rec.l[i][3] or 0)
  if line.e and more > 0 and states[i].c + states[i].r + more > states[i].l then refused[#refused + 1] = i - 1 end
end
if #refused > 0 then return answer('refused', states, {}, refused, firsts(lines, states, refused)) end
for i, l in ipairs(rec.l) do
  local amount = math.max(l[3], lines[i] and lines[i].a or 0)
  local revived = rec.s == 'e' and l[3] or 0
  add(l[1], l[2], 0 - revived, revived + amount - l[3])
  l[3] = amount
  if l[4] then call('PEXPIRE', P .. 'b:' .. l[1], leaseMs + J.keepMs) end
end
rec.s = 'r'
save(id, rec, leaseMs)
return answer('extended', statesOf(lines, slots))
`);

/** Charges a call, always and once. `x` of its record is what it was the first to pass, for whoever asks again. */
export const SETTLE = script(`
local id, lines, slots = J.id, J.lines, J.slots
local rec = record(id)
if rec then slots = slotsOf(rec) end
if rec and rec.s == 'd' then return answer('duplicate', statesOf(lines, slots), rec.x) end
if rec then
  for i, l in ipairs(rec.l) do
    local amount = lines[i] and lines[i].a or l[3]
    if l[4] then give(l) elseif rec.s == 'r' then add(l[1], l[2], amount, 0 - l[3]) else add(l[1], l[2], amount - l[3], 0) end
  end
else
  for i, line in ipairs(lines) do
    if state(line, slots[i]).fresh then open(line, slots[i]) end
    add(line.k, slots[i], line.a, 0)
  end
end
local done = {}
for i, line in ipairs(lines) do done[i] = {line.k, slots[i] or '0', line.a} end
local states = statesOf(lines, slots)
local crossed = crossings(lines, states)
save(id, {s = 'd', l = done, x = #crossed > 0 and crossed or nil})
return answer(rec and (rec.s == 'e' and 'corrected' or 'settled') or 'charged', states, crossed)
`);

/** Reads how budgets stand now. */
export const READ = script(`
expire()
local lines, states = J.lines, {}
for i, line in ipairs(lines) do states[i] = state(line, pick(line) or line.c[#line.c] or '0') end
return answer('read', states)
`);

/** Changes a limit, or what is committed in the present window, by hand, and keeps a record of it. */
export const CHANGE = script(`
local line, what, value, by = J.lines[1], J.what, J.value, J.by
local h = P .. 'b:' .. line.k
local from
if what == 'limit' then
  from = call('HGET', h, 'L') or ''
  if value == '' then call('HDEL', h, 'L') else call('HSET', h, 'L', value) end
  call('SADD', P .. 'keys', line.k)
  if value ~= '' then call('PERSIST', h) end
  call('HSET', KEYS[1], 'limits', 1)
else
  local slot = pick(line) or '0'
  local s = state(line, slot)
  if s.fresh then open(line, slot) end
  from = text(s.c)
  local first = tonumber(slot) - (line.w and line.w * line.n or 0)
  for at = first, tonumber(slot), line.w or 1 do
    add(line.k, text(at), 0 - tonumber(call('HGET', h, 'c' .. text(at)) or 0), 0)
  end
  add(line.k, slot, tonumber(value), 0)
  local marks = line.w and 'm0:' or ('m' .. slot .. ':')
  for _, field in ipairs(call('HKEYS', h)) do
    if string.sub(field, 1, #marks) == marks then call('HDEL', h, field) end
  end
end
local entry = cjson.encode({text(now), by, line.k, what, from, value})
call('LPUSH', P .. 'changes', entry)
call('LTRIM', P .. 'changes', 0, 99)
return {'changed', entry}
`);

/** Gives the known keys of a budget, or the latest changes by hand. */
export const LIST = script(`
if J.what == 'changes' then return {'list', call('LRANGE', P .. 'changes', 0, 99)} end
local what, found = J.budget, {}
for _, key in ipairs(call('SMEMBERS', P .. 'keys')) do
  if key == what or string.sub(key, 1, #what + 1) == what .. '/' then
    if call('EXISTS', P .. 'b:' .. key) == 1 then found[#found + 1] = key else call('SREM', P .. 'keys', key) end
    if #found == 1000 then break end
  end
end
return {'list', found}
`);

/**
 * Brings back what a process knows after the server lost its data: what it saw committed at most, and the calls it has open.
 * Of several processes the highest mark holds; what was charged since comes on top.
 */
export const SEED = script(`
for i, line in ipairs(J.lines) do
  local slot, mark = J.slots[i], J.marks[i]
  local h = P .. 'b:' .. line.k
  if state(line, slot).fresh then open(line, slot) end
  local before = tonumber(call('HGET', h, 's' .. slot) or 0)
  if mark > before then
    add(line.k, slot, mark - before, 0)
    call('HSET', h, 's' .. slot, mark)
  end
end
for _, held in ipairs(J.open) do
  if not record(held.id) then
    for _, l in ipairs(held.lines) do add(l[1], l[2], 0, l[3]) end
    save(held.id, {s = 'r', l = held.lines}, held.leaseMs)
  end
end
return {'seeded'}
`);
