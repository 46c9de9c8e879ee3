/** An app whose disk takes a part of what is written and then no more, until there is room again: `short-writes.ts FOLDER`. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createLedger } from '../../../src/ledger/ledger.ts';
import { paid, sampleCall } from './sample-call.ts';

const [directory = ''] = process.argv.slice(2);
const startMs = Date.now();
let nowMs = startMs;
const counts: Record<string, number> = {};
const meter = { add: (name: string, value: number) => void (counts[name] = (counts[name] ?? 0) + value), record: () => undefined, set: () => undefined };
const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
const ledger = createLedger({ directory, retentionMs: 9e9, clock, meter, clean: (text) => text });
let calls = 0;
const call = (): void => ledger.callEnded(sampleCall(String(++calls), startMs), paid(1_000n));

// Nothing can be written at first, so that many calls wait and are written at once.
writeFileSync(directory, '');
for (let at = 0; at < 200; at += 1) call();
rmSync(directory);
for (let at = 0; at < 3; at += 1) {
  nowMs += 1_000;
  call();
}
const full = { ...counts };
spawnSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited']);
nowMs += 1_000;
call();
ledger.stop();
process.stdout.write(JSON.stringify({ calls, full, counts }));
