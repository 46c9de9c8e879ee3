import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Case } from './case.ts';
import { APPS, REQUIRE, type Place } from './compare.ts';

const FROZEN_MS = 300;

interface Frozen {
  /** How many spans had arrived when each answer came, and how many once the next one did. */
  readonly atFreeze: readonly number[];
}

/** Invokes a handler several times and stops the process each time that it has answered; at last it is killed while it is frozen. */
const invoke = async ({ receiver, env }: Place, times: number, more: Readonly<Record<string, string>>): Promise<Frozen> => {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const child = spawn(process.execPath, ['--require', REQUIRE, join(APPS, 'frozen.mjs')], {
    env: { ...inherited, ...env, ...more },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const atFreeze: number[] = [];
  for (let each = 0; each < times; each += 1) {
    child.stdin.write('event\n');
    await answers.next();
    child.kill('SIGSTOP');
    atFreeze.push(receiver.spans.length);
    await sleep(FROZEN_MS);
    if (each < times - 1) child.kill('SIGCONT');
  }
  child.kill('SIGKILL');
  await new Promise((done) => void child.once('exit', done));
  return { atFreeze };
};

/** A process that is frozen between requests. */
export const FREEZES: readonly Case[] = [
  {
    name: 'frozen after each answer, as in AWS Lambda: `await flush()` has sent the call before',
    quick: true,
    async run(place) {
      const { atFreeze } = await invoke(place, 3, { PURSER: resolve('dist/index.js') });
      return atFreeze.join(' ') === '1 2 3' ? [] : [`${atFreeze.join(', ')} spans at the answers instead of 1, 2, 3`];
    },
  },
  {
    name: 'frozen after each answer, without a line of code: the call is sent at once, by the next answer at the latest',
    async run(place) {
      const { atFreeze } = await invoke(place, 4, { AWS_LAMBDA_FUNCTION_NAME: 'answers' });
      const wrong = atFreeze.every((spans, answer) => spans >= answer) ? [] : [`${atFreeze.join(', ')} spans at the answers`];
      const ids = new Set(place.receiver.spans.map(({ spanId }) => spanId));
      return ids.size === place.receiver.spans.length ? wrong : [...wrong, 'a span came twice'];
    },
  },
];
