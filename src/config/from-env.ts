import { shownValue } from './hide.ts';
import type { Draft } from './draft.ts';
import type { Option, SourcedValue } from './option.ts';
import { envSources, OPTION_ROWS, type OptionKey } from './options.ts';
import { unknownKey, wrongValue } from './problem.ts';
import { parseValue } from './values.ts';

/** Variables that begin with PURSER_ and are no options. */
export const OTHER_VARIABLES: ReadonlySet<string> = new Set([
  'PURSER_CONFIG',
  'PURSER_DISABLED',
  'PURSER_CAPTURE_CONTENT',
  'PURSER_REQUIRE_ALL',
  'PURSER_RECORDINGS',
  'PURSER_TEST_SEED',
]);

// Kubernetes gives every pod variables for every service of its namespace; one called `purser` makes PURSER_PORT=tcp://...
const SERVICE_LINK_NAME = /_SERVICE_(HOST|PORT)(_\w+)?$|_PORT_\d+_(TCP|UDP|SCTP)(_\w+)?$/;
const SERVICE_LINK_VALUE = /^(tcp|udp|sctp):\/\//;

/** Tells whether a variable was made by Kubernetes for a service, and not by anybody who meant us. */
const isServiceLink = (name: string, value: string): boolean => SERVICE_LINK_NAME.test(name) || (SERVICE_LINK_VALUE.test(value) && name.endsWith('_PORT'));

const structuredFrom = (text: string, name: string): SourcedValue | string => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { value, locate: () => name } : text;
  } catch {
    return text;
  }
};

const take = (draft: Draft, key: OptionKey, option: Option, name: string, raw: unknown, cwd: string): boolean => {
  const value = option.kind === 'structured' && typeof raw === 'string' ? structuredFrom(raw, name) : raw;
  const parsed = parseValue(option, value, cwd);
  if (parsed.ok) {
    draft.values.set(key, parsed.value);
    draft.origins.set(key, `env:${name}`);
    return true;
  }
  const seen = option.kind === 'structured' ? 'a text' : shownValue(parsed.seen ?? raw, option);
  const wanted = option.kind === 'structured' ? `${parsed.wanted} as JSON` : parsed.wanted;
  draft.problems.push(wrongValue({ place: { kind: 'env', name }, key: `${key}${parsed.within ?? ''}`, seen, wanted }));
  return false;
};

type Variables = ReadonlyMap<string, string>;

// One copy: each look into process.env itself is a call into the operating system.
const ours = (env: Readonly<Record<string, string | undefined>>): Variables => {
  const variables = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value.trim() === '') continue;
    if (name.startsWith('OTEL_') || (name.startsWith('PURSER_') && !isServiceLink(name, value))) variables.set(name, value);
  }
  return variables;
};

const readOption = (draft: Draft, key: OptionKey, option: Option, variables: Variables, cwd: string): void => {
  for (const source of envSources(key, option)) {
    const name = typeof source === 'string' ? source : source.name;
    const text = variables.get(name);
    if (text === undefined) continue;
    const raw = typeof source === 'string' || source.read === undefined ? text : source.read(text);
    if (raw !== undefined && take(draft, key, option, name, raw, cwd)) return;
  }
};

const reportUnknown = (draft: Draft, variables: Variables): void => {
  const known = new Set([
    ...OTHER_VARIABLES,
    ...OPTION_ROWS.flatMap(([key, option]) => envSources(key, option).filter((source) => typeof source === 'string')),
  ]);
  for (const name of variables.keys()) {
    if (name.startsWith('PURSER_') && !known.has(name)) draft.problems.push(unknownKey({ kind: 'env', name }, name, known));
  }
};

/** Reads the options that variables set. An empty variable says nothing; of several that set one option the first good one counts. */
export const readEnvironment = (draft: Draft, env: Readonly<Record<string, string | undefined>>, cwd: string): void => {
  const variables = ours(env);
  if (variables.size === 0) return;
  // Most processes have a few OTEL_* variables and none of ours; then most rows need no look.
  const named = [...variables.keys()].some((name) => name.startsWith('PURSER_'));
  for (const [key, option] of OPTION_ROWS) {
    if (named || option.also !== undefined || option.before !== undefined) readOption(draft, key, option, variables, cwd);
  }
  if (named) reportUnknown(draft, variables);
};
