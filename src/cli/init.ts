import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../base/make-folder.ts';
import type { Io } from './io.ts';
import { type Choices, choicesOf, readSaid } from './init/choices.ts';
import { findOthers } from './init/found.ts';
import { type PlannedFile, planOf } from './init/plan.ts';
import { askChoices, type Dialogue, isTerminal, openDialogue } from './init/questions.ts';

const USAGE = `usage: purser init [flags]

Writes purser.config.yaml, Grafana dashboards, Prometheus rules, Alertmanager routes and a Collector configuration into this folder.
What is there and differs is never overwritten without a question; without a terminal the command refuses and names the flag.

  --service NAME       the service (default: the name in package.json)
  --environment NAME   such as production
  --team NAME          who pays
  --collector CHOICE   main, minimal, gateway, or none when you have one (default: main)
  --endpoint URL       where the process exports to (default: http://localhost:4318)
  --metrics WAY        otlp, or scrape (default: otlp)
  --budget USD         dollars a month at which you want to be told
  --folder DIR         where all but the config file goes (default: purser)
  --dashboards DIR     where the dashboards go (default: grafana in that folder)
  --rules DIR          where the rules go (default: prometheus in that folder)
  --dry-run            say what would be written, and write nothing
  --keep               leave files that differ as they are, and write the rest
  --force              overwrite files that differ
  -y, --yes            ask for no choices: what no flag says has its default
`;

const GOOD = 0;
const REFUSED = 1;

type Verdict = 'create' | 'overwrite' | 'keep' | 'same';

const word = (verdict: Verdict): string => `${verdict.padEnd(9)} `;

/** Written aside and put in place at once, so that nobody sees half of a file. */
const write = (cwd: string, { path, text }: PlannedFile): void => {
  const target = join(cwd, path);
  makeFolder(dirname(target));
  const aside = `${target}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(aside, text, { flag: 'wx' });
    renameSync(aside, target);
  } finally {
    rmSync(aside, { force: true });
  }
};

const overwrites = async (file: PlannedFile, dialogue: Dialogue): Promise<boolean> =>
  /^y(es)?$/i.test(await dialogue.ask(`${file.path} is there and differs. Overwrite it? (y/n)`, 'n'));

const verdictOf = async (file: PlannedFile, { conflict }: Choices, dialogue: Dialogue | undefined): Promise<Verdict> => {
  if (file.state === 'new') return 'create';
  if (file.state === 'same') return 'same';
  if (conflict === 'force') return 'overwrite';
  if (conflict === 'keep' || dialogue === undefined) return 'keep';
  return (await overwrites(file, dialogue)) ? 'overwrite' : 'keep';
};

const refusal = (files: readonly PlannedFile[]): string => {
  const differing = files.filter(({ state }) => state === 'differs').map(({ path }) => `  ${path}\n`);
  return `purser init: nothing was written. These are there and differ:\n${differing.join('')}--keep leaves them and writes the rest, --force overwrites them, --dry-run shows everything.\n`;
};

const advice = (choices: Choices, cwd: string): string => {
  const found = findOthers(cwd, choices.folder);
  const lines: string[] = [];
  for (const path of found.collectors)
    lines.push(
      choices.collector === 'none'
        ? `${path}: your Collector stays as it is.`
        : `${path}: your Collector stays as it is. Take over what you want from ${choices.folder}/otel-collector.yaml, or choose --collector none.`,
    );
  for (const path of found.grafana) lines.push(`${path}: your Grafana loads dashboards from the path in this file; --dashboards DIR puts Purser's there.`);
  for (const path of found.prometheus) lines.push(`${path}: add ${choices.rules}/recording-rules.yml and ${choices.rules}/alerts.yml to rule_files.`);
  lines.push('Start the service with: node --require purser/register app.js', 'See whether all is well with: npx purser doctor');
  return `\n${lines.join('\n')}\n`;
};

const carryOut = async (choices: Choices, dialogue: Dialogue | undefined, io: Io): Promise<number> => {
  const files = planOf(choices, io.cwd);
  const differs = files.some(({ state }) => state === 'differs');
  if (choices.dryRun) {
    for (const file of files) {
      const verdict: Verdict | 'differs' = file.state === 'differs' && choices.conflict === 'ask' ? 'differs' : await verdictOf(file, choices, undefined);
      io.stdout.write(`${verdict.padEnd(9)} ${file.path}\n`);
    }
    io.stdout.write('\nNothing was written.\n');
    return GOOD;
  }
  if (differs && choices.conflict === 'ask' && dialogue === undefined) {
    io.stderr.write(refusal(files));
    return REFUSED;
  }
  for (const file of files) {
    const verdict = await verdictOf(file, choices, dialogue);
    if (verdict === 'create' || verdict === 'overwrite') write(io.cwd, file);
    io.stdout.write(`${word(verdict)}${file.path}\n`);
  }
  io.stdout.write(advice(choices, io.cwd));
  return GOOD;
};

/** `purser init`: writes config, dashboards, rules and a Collector configuration into the working directory. Exit code 1 when it would have to overwrite without being told. */
export const run = async (args: readonly string[], io: Io): Promise<number> => {
  const said = readSaid(args);
  if (said.help === true) {
    io.stdout.write(USAGE);
    return GOOD;
  }
  // Wrong flags are told before anything is asked.
  choicesOf(said, io.cwd);
  const dialogue = isTerminal(io) ? openDialogue(io) : undefined;
  try {
    const asks = dialogue !== undefined && said.yes !== true && said['dry-run'] !== true;
    const all = asks ? await askChoices(said, io.cwd, dialogue, io) : said;
    return await carryOut(choicesOf(all, io.cwd), dialogue, io);
  } finally {
    dialogue?.close();
  }
};
