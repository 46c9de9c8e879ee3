import { resolve } from 'node:path';
import { PurserError } from '../call/errors.ts';
import { emptyDraft, type Draft, type Origin } from './draft.ts';
import { configPath, type Config } from './config.ts';
import { readEnvironment } from './from-env.ts';
import { readFileInto, readPricingFile } from './from-file.ts';
import { findConfigFile, hostFiles, type FileAccess } from './files.ts';
import type { SourcedValue } from './option.ts';
import { OPTION_ROWS, OPTIONS, type OptionKey } from './options.ts';
import type { ProcessSecret } from './secrets.ts';
import { unreadable, wrongValue, type ConfigProblem, type Place } from './problem.ts';

/** A fault inside a structured option, as its owner found it. */
export interface StructuredFault {
  readonly path: readonly (string | number)[];
  readonly seen: string;
  readonly wanted: string;
  readonly nearest?: string;
}

/** Checks a structured option, or the words of a list, for the station that owns it. */
export type StructuredCheck = (source: SourcedValue) => readonly StructuredFault[];

/** What the configuration is made from. */
export interface LoadInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** A file that is used whatever `PURSER_CONFIG` says. */
  readonly file?: string;
  readonly files?: FileAccess;
  /** Checks for `budgets`, `limits`, `pricing.overrides` and their like, by key. */
  readonly checks?: Readonly<Partial<Record<OptionKey, StructuredCheck>>>;
}

/** The configuration in force, what was wrong with it, and where each value came from. */
export interface LoadedConfig {
  readonly config: Config;
  readonly problems: readonly ConfigProblem[];
  readonly origins: ReadonlyMap<OptionKey, Origin>;
  /** The values by dotted key, for showing them. */
  readonly values: ReadonlyMap<OptionKey, unknown>;
  readonly file: string | undefined;
  /** What `${file:PATH}` brought in, to be removed from everything that leaves the process. */
  readonly fileSecrets: readonly ProcessSecret[];
}

const PATHS = OPTION_ROWS.map(([key]) => ({ key, path: configPath(key) }));

/** The configuration made of values by dotted key. */
export const nested = (values: ReadonlyMap<OptionKey, unknown>): Config => {
  const root: Record<string, unknown> = {};
  for (const { key, path } of PATHS) {
    let at = root;
    let part = path[0] ?? '';
    for (let depth = 1; depth < path.length; depth++) {
      at = (at[part] ??= {}) as Record<string, unknown>;
      part = path[depth] ?? '';
    }
    at[part] = values.get(key);
  }
  return root as unknown as Config;
};

const chosenFile = (input: LoadInput, files: FileAccess, problems: ConfigProblem[]): string | undefined => {
  const named = input.file ?? input.env.PURSER_CONFIG;
  if (named !== undefined && named !== '') return named === 'none' ? undefined : resolve(input.cwd, named);
  const found = findConfigFile(resolve(input.cwd), files);
  if (found?.trusted === false) {
    problems.push(
      unreadable('PURSER_CONFIG', found.path, 'it lies above the working directory where everybody may write, so it is only used when PURSER_CONFIG names it'),
    );
    return undefined;
  }
  return found?.path;
};

const placeOf = (draft: Draft, key: OptionKey, located: string | undefined): Place => {
  const origin = draft.origins.get(key) ?? 'default';
  if (origin.startsWith('env:')) return { kind: 'env', name: origin.slice('env:'.length) };
  const place = located ?? key;
  const [, file = place, line] = /^(.*):(\d+)$/.exec(place) ?? [];
  return { kind: 'file', file, line: line === undefined ? undefined : Number(line) };
};

/** What was said of an option; a list stands where its option does. */
const sourceOf = (draft: Draft, key: OptionKey): SourcedValue | undefined => {
  const value = draft.values.get(key);
  const origin = draft.origins.get(key) ?? 'default';
  if (value === undefined || OPTIONS[key].kind === 'structured') return value as SourcedValue | undefined;
  return origin === 'default' ? undefined : { value, locate: () => (origin.startsWith('file:') ? origin.slice('file:'.length) : undefined) };
};

const checkStructured = (input: LoadInput, draft: Draft): void => {
  for (const [key, check] of Object.entries(input.checks ?? {}) as [OptionKey, StructuredCheck][]) {
    const source = sourceOf(draft, key);
    if (source === undefined) continue;
    for (const { path, seen, wanted, nearest } of check(source)) {
      const whole = path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${part}`), key);
      draft.problems.push(wrongValue({ place: placeOf(draft, key, source.locate(path)), key: whole, seen, wanted, nearest }));
    }
  }
};

// The port of Prometheus may be asked for by OpenTelemetry's names alone, but its variable by itself opens nothing.
const derivePrometheusPort = (env: LoadInput['env'], draft: Draft): void => {
  const asked = draft.values.get('exporters.metrics') as readonly string[];
  if (!asked.includes('prometheus') || draft.values.get('prometheus.port') !== undefined) return;
  const port = Number(env.OTEL_EXPORTER_PROMETHEUS_PORT);
  const named = Number.isInteger(port) && port > 0 && port < 65_536;
  draft.values.set('prometheus.port', named ? port : 9464);
  draft.origins.set('prometheus.port', named ? 'env:OTEL_EXPORTER_PROMETHEUS_PORT' : (draft.origins.get('exporters.metrics') ?? 'default'));
};

const finished = (draft: Draft, file: string | undefined): LoadedConfig => ({ ...draft, config: nested(draft.values), file });

/**
 * Reads the configuration: defaults, then the file, then the variables of the environment. Never throws: what cannot be
 * used is a problem, and the value below it holds.
 */
export const loadConfig = (input: LoadInput): LoadedConfig => {
  const draft = emptyDraft();
  let file: string | undefined;
  try {
    const files = input.files ?? hostFiles;
    file = chosenFile(input, files, draft.problems);
    if (file !== undefined) readFileInto(draft, file, files, input.env);
    readEnvironment(draft, input.env, input.cwd);
    readPricingFile(draft, files, input.env);
    derivePrometheusPort(input.env, draft);
    checkStructured(input, draft);
    return finished(draft, file);
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'an unknown fault';
    const problem = unreadable('PURSER_CONFIG', file ?? 'environment', `reading it failed with ${reason}`);
    return finished({ ...emptyDraft(), problems: [...draft.problems, problem] }, file);
  }
};

/**
 * Lets a configuration with problems stop the start, where its owner asked for that: `strict` among the details tells this error from all others.
 *
 * @throws {config_invalid} when `strict` is on and there is a problem
 */
export const throwIfStrict = (loaded: LoadedConfig): void => {
  const [first] = loaded.problems;
  if (!loaded.config.strict || first === undefined) return;
  const { where } = first;
  const facts = first.code === 'config_unreadable' ? { file: where, reason: first.seen } : { where, key: first.key, seen: first.seen, wanted: first.wanted };
  throw new PurserError(first.code, { hint: first.nearest === undefined ? '' : ` Did you mean ${first.nearest}?`, strict: 'yes', ...facts });
};
