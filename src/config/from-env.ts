import { shownValue } from './hide.ts';
import type { Draft } from './draft.ts';
import type { Option, SourcedValue } from './option.ts';
import { envName, envSources, OPTION_ROWS, type OptionKey } from './options.ts';
import { unknownKey, wrongValue } from './problem.ts';
import { parseValue } from './values.ts';

/** Variables that begin with PURSER_ and are no options. */
export const OTHER_VARIABLES: ReadonlySet<string> = new Set([
  'PURSER_CONFIG',
  'PURSER_DISABLED',
  'PURSER_CAPTURE_CONTENT',
  'PURSER_REQUIRE_ALL',
  'PURSER_RECORDINGS',
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
  const seen = shownValue(raw, option);
  const wanted = option.kind === 'structured' ? `${parsed.wanted} as JSON` : parsed.wanted;
  draft.problems.push(wrongValue({ place: { kind: 'env', name }, key: `${key}${parsed.within ?? ''}`, seen, wanted }));
  return false;
};

/** Reads the options that variables set. An empty variable says nothing; of several that set one option the first good one counts. */
export const readEnvironment = (draft: Draft, env: Readonly<Record<string, string | undefined>>, cwd: string): void => {
  // One copy: each look into process.env itself is a call into the operating system.
  const variables = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value.trim() === '') continue;
    if (name.startsWith('OTEL_') || (name.startsWith('PURSER_') && !isServiceLink(name, value))) variables.set(name, value);
  }
  if (variables.size === 0) return;
  const known = new Set(OTHER_VARIABLES);
  for (const [key, option] of OPTION_ROWS) {
    known.add(envName(key, option));
    for (const source of envSources(key, option)) {
      const { name, read } = typeof source === 'string' ? { name: source } : source;
      const text = variables.get(name);
      if (text === undefined) continue;
      const raw = read === undefined ? text : read(text);
      if (raw !== undefined && take(draft, key, option, name, raw, cwd)) break;
    }
  }
  for (const name of variables.keys()) {
    if (name.startsWith('PURSER_') && !known.has(name)) draft.problems.push(unknownKey({ kind: 'env', name }, name, known));
  }
};
