import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Letter, readLetters } from '../alerts/outbox.ts';
import { parseChannels } from '../alerts/parse-channels.ts';
import { PurserError } from '../call/errors.ts';
import type { GovernanceEvent } from '../call/event.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { outboxPath } from '../runtime/alerts.ts';
import { readArguments, wrongArguments } from './arguments.ts';
import type { Io } from './io.ts';
import { otherServices } from './other-services.ts';
import { columns } from './table.ts';

const USAGE = `Usage: purser alerts [list] [--json]     shows the alerts that wait for delivery, and the dead ones
       purser alerts test CHANNEL         sends a test alert to one channel, past the outbox
`;

const testAlert = (nowMs: number): GovernanceEvent => ({
  // What channels are for most of all, so that the test looks like the real thing.
  name: 'purser.budget.threshold',
  severity: 'warning',
  message: 'This is a test alert of Purser; nothing is wrong.',
  atMs: nowMs,
  dedupeKey: `test/${nowMs}`,
  attributes: {
    'purser.budget': 'test',
    'purser.budget.key': 'test',
    'purser.budget.used_ratio': 0.8,
    'purser.budget.window.end': Math.round(nowMs / 1000) + 60,
  },
});

const testChannel = async (name: string, config: Config, io: Io): Promise<number> => {
  const { value = [], written } = config.alerts.channels ?? {};
  const parsed = parseChannels(value, { nowMs: () => Date.now(), service: config.labels.service }, written);
  for (const { path, seen, wanted } of parsed.problems) io.stderr.write(`${path} is ${seen}, wanted ${wanted}\n`);
  const found = parsed.channels.find((channel) => channel.name === name);
  if (found === undefined) {
    const known = parsed.channels.map((channel) => channel.name).join(', ');
    throw new PurserError('input_invalid', {
      where: 'purser alerts test',
      key: 'the channel',
      seen: name,
      wanted: known === '' ? 'a channel in alerts.channels' : known,
    });
  }
  // Channels hold no process; this one waits for the answer.
  const hold = setInterval(() => undefined, 1_000);
  const result = await found.channel.send(testAlert(Date.now())).finally(() => clearInterval(hold));
  if (result.kind === 'delivered') {
    io.stdout.write(`The channel "${name}" took the test alert.\n`);
    return 0;
  }
  io.stderr.write(`The channel "${name}" did not take the test alert: ${result.reason}.\n`);
  return 1;
};

interface Kept {
  readonly state: 'waiting' | 'active' | 'dead';
  readonly letter: Letter;
}

const keptIn = (folder: string): readonly Kept[] => {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory() === true)
    .flatMap((name) =>
      readLetters(join(folder, name)).map((letter): Kept => ({
        state: name === 'dead' ? 'dead' : letter.activeUntilMs === undefined ? 'waiting' : 'active',
        letter,
      })),
    )
    .sort((a, b) => a.letter.alert.atMs - b.letter.alert.atMs);
};

const list = (config: Config, json: boolean, io: Io): number => {
  const outbox = outboxPath(config);
  if (config.alerts.outbox === undefined) io.stderr.write(otherServices(config, dirname(outbox), 'alerts', 'alerts'));
  const kept = keptIn(outbox);
  if (json) {
    const rows = kept.map(({ state, letter: { channel, alert } }) => ({ state, channel, ...alert }));
    io.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  } else if (kept.length === 0) io.stdout.write('No alert waits.\n');
  else {
    const rows = kept.map(({ state, letter: { channel, alert } }) => [state, channel, new Date(alert.atMs).toISOString(), alert.message]);
    io.stdout.write(columns([['STATE', 'CHANNEL', 'RAISED', 'ALERT'], ...rows]));
  }
  return 0;
};

/** `purser alerts`: what waits for delivery; `purser alerts test CHANNEL` tries one. Exit code 1 when the channel does not take it. */
export const run = async (args: readonly string[], io: Io): Promise<number> => {
  const { values, positionals } = readArguments('alerts', args, { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } });
  if (values.help === true) {
    io.stdout.write(USAGE);
    return 0;
  }
  const { config } = loadConfig({ env: io.env, cwd: io.cwd });
  const [verb = 'list', channel, ...further] = positionals;
  if (verb === 'list' && channel === undefined) return list(config, values.json === true, io);
  if (verb === 'test' && channel !== undefined && further.length === 0) return testChannel(channel, config, io);
  throw wrongArguments('alerts', args, 'list, or test and the name of a channel');
};
