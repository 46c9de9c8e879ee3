import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PurserError } from '../../call/errors.ts';
import { readArguments, wrongArguments } from '../arguments.ts';

/** The shipped Collector configurations that a choice names, and `none` for those who have one. */
export const COLLECTORS = ['main', 'minimal', 'gateway', 'none'] as const;

/** One of them. */
export type CollectorChoice = (typeof COLLECTORS)[number];

/** What is to be done with a file that is there and differs; `ask` needs a terminal. */
export type Conflict = 'ask' | 'force' | 'keep';

/** What the owner wants in their repository. */
export interface Choices {
  /** The name of the service. */
  readonly service: string;
  readonly environment: string | undefined;
  readonly team: string | undefined;
  readonly collector: CollectorChoice;
  /** The base address that the process exports to. */
  readonly endpoint: string;
  /** Whether Prometheus gets metrics over OTLP, or scrapes them. */
  readonly metrics: 'otlp' | 'scrape';
  /** Dollars a month at which the owner is told; none when undefined. */
  readonly budgetUsd: number | undefined;
  /** Folders from the working directory: all but the config file, and where dashboards and rules go when elsewhere. */
  readonly folder: string;
  readonly dashboards: string;
  readonly rules: string;
  readonly conflict: Conflict;
  readonly dryRun: boolean;
}

const FLAGS = {
  service: { type: 'string' },
  environment: { type: 'string' },
  team: { type: 'string' },
  collector: { type: 'string' },
  endpoint: { type: 'string' },
  metrics: { type: 'string' },
  budget: { type: 'string' },
  folder: { type: 'string' },
  dashboards: { type: 'string' },
  rules: { type: 'string' },
  force: { type: 'boolean' },
  keep: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** What the command line said, as text; questions fill in what it left open. */
export type Said = { readonly [flag in keyof typeof FLAGS]?: (typeof FLAGS)[flag]['type'] extends 'boolean' ? boolean : string };

/**
 * Reads the flags of `purser init`.
 *
 * @throws {input_invalid} for a flag or word that it does not know, and for --force with --keep
 */
export const readSaid = (args: readonly string[]): Said => {
  const { values, positionals } = readArguments('init', args, FLAGS);
  if (positionals.length > 0) throw wrongArguments('init', args, 'no further words; --folder DIR says where files go');
  if (values.force === true && values.keep === true) throw wrongArguments('init', args, '--force or --keep, not both');
  return values;
};

const wrong = (flag: string, seen: string, wanted: string): PurserError =>
  new PurserError('input_invalid', { where: 'purser init', key: `--${flag}`, seen, wanted });

const oneOf = <const T extends string>(flag: string, seen: string, wanted: readonly T[]): T => {
  const found = wanted.find((value) => value === seen);
  if (found === undefined) throw wrong(flag, seen, wanted.join(', '));
  return found;
};

const dollars = (seen: string | undefined): number | undefined => {
  if (seen === undefined || seen === '') return undefined;
  const value = Number(seen);
  if (!Number.isFinite(value) || value <= 0) throw wrong('budget', seen, 'dollars a month, more than 0');
  return value;
};

const address = (seen: string): string => {
  if (!URL.canParse(seen) || !/^https?:$/.test(new URL(seen).protocol)) throw wrong('endpoint', seen, 'an http or https address');
  return seen;
};

// What a control character would do in a file or on a terminal is nobody's wish.
const plain = (flag: string, seen: string): string => {
  if (seen.trim() === '' || /\p{Cc}/u.test(seen)) throw wrong(flag, JSON.stringify(seen), 'a name on one line');
  return seen.trim();
};

const maybePlain = (flag: string, seen: string | undefined): string | undefined => (seen === undefined ? undefined : plain(flag, seen));

const conflictOf = ({ force, keep }: Said): Conflict => {
  if (force === true) return 'force';
  return keep === true ? 'keep' : 'ask';
};

const folderIn = (flag: string, seen: string): string => {
  const path = plain(flag, seen).replaceAll('\\', '/').replace(/\/+$/, '');
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path) || path.split('/').includes('..')) throw wrong(flag, seen, 'a folder inside the working directory');
  return path === '' || path === '.' ? '.' : path;
};

/** The name in the package.json of a folder, else the folder's own. */
export const serviceName = (cwd: string): string => {
  try {
    const { name } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8')) as { readonly name?: unknown };
    if (typeof name === 'string' && name !== '') return name.replace(/^@[^/]+\//, '');
  } catch {
    // No package.json, or none that can be read: the folder's name serves.
  }
  return basename(cwd) || 'app';
};

const DEFAULT_ENDPOINT = 'http://localhost:4318';

/**
 * Gives the choices with what was said and the default for the rest.
 *
 * @throws {input_invalid} for a value that is not one of its flag's
 */
export const choicesOf = (said: Said, cwd: string): Choices => {
  const collector = oneOf('collector', said.collector ?? 'main', COLLECTORS);
  const folder = folderIn('folder', said.folder ?? 'purser');
  const inFolder = (name: string): string => (folder === '.' ? name : `${folder}/${name}`);
  return {
    service: plain('service', said.service ?? serviceName(cwd)),
    environment: maybePlain('environment', said.environment),
    team: maybePlain('team', said.team),
    collector,
    endpoint: address(said.endpoint ?? (collector === 'gateway' ? 'https://localhost:4318' : DEFAULT_ENDPOINT)),
    metrics: oneOf('metrics', said.metrics ?? 'otlp', ['otlp', 'scrape']),
    budgetUsd: dollars(said.budget),
    folder,
    dashboards: folderIn('dashboards', said.dashboards ?? inFolder('grafana')),
    rules: folderIn('rules', said.rules ?? inFolder('prometheus')),
    conflict: conflictOf(said),
    dryRun: said['dry-run'] === true,
  };
};
