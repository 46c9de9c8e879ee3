import { dirname, resolve } from 'node:path';
import type { FileAccess } from './files.ts';
import { shownValue } from './hide.ts';
import { interpolate } from './interpolate.ts';
import type { Draft } from './draft.ts';
import type { Option, SourcedValue } from './option.ts';
import { OPTIONS, type OptionKey } from './options.ts';
import { placeText, unknownKey, unreadable, wrongValue, type Place } from './problem.ts';
import { readConfigFile, type ConfigDocument, type DocumentPath } from './read-file.ts';
import { isMapping, parseValue } from './values.ts';

interface Reading {
  readonly draft: Draft;
  readonly file: string;
  readonly document: ConfigDocument & { readonly ok: true };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: FileAccess;
  readonly groups: ReadonlySet<string>;
}

const groupsOf = (keys: readonly string[]): ReadonlySet<string> => {
  const groups = new Set<string>();
  for (const key of keys) for (let dot = key.indexOf('.'); dot > 0; dot = key.indexOf('.', dot + 1)) groups.add(key.slice(0, dot));
  return groups;
};

// `timeoutMs` and `timeout-ms` are what `timeout_ms` is called in a JavaScript file and by old habit.
const snake = (part: string): string =>
  part
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();

const placeOf = (reading: Reading, path: DocumentPath): Place => ({ kind: 'file', file: reading.file, line: reading.document.lineOf(path) });

const written = (key: string, path: DocumentPath): string =>
  path.reduce<string>((whole, part) => (typeof part === 'number' ? `${whole}[${part}]` : `${whole}.${part}`), key);

const resolved = (reading: Reading, key: string, raw: unknown, path: DocumentPath): { readonly value: unknown; readonly lost: boolean } => {
  if (!reading.document.interpolates) return { value: raw, lost: false };
  let lost = false;
  const folder = dirname(reading.file);
  const references = {
    variable: (name: string) => reading.env[name],
    file(name: string) {
      const content = reading.files.read(resolve(folder, name)).trimEnd();
      // Whoever keeps a value in a file of its own means it to be a secret.
      reading.draft.fileSecrets.push({ name: key, value: content });
      return content;
    },
  };
  const value = interpolate(raw, references, (inner, seen, wanted) => {
    lost = true;
    reading.draft.problems.push(wrongValue({ place: placeOf(reading, [...path, ...inner]), key: written(key, inner), seen, wanted }));
  });
  return { value, lost };
};

const sourced = (reading: Reading, value: unknown, raw: unknown, path: DocumentPath): SourcedValue => ({
  value,
  ...(reading.document.interpolates ? { written: raw } : {}),
  locate: (inner) => placeText(placeOf(reading, [...path, ...inner])),
});

// What a reference brought in may be a secret that was put in the wrong place; its name says as much.
const asWritten = (raw: unknown, within: string | undefined, value: unknown): unknown => {
  const name = within?.replace(/^\[(\d+)\]$/, '$1').replace(/^\./, '') ?? '';
  const part = within === undefined || typeof raw !== 'object' ? raw : Object.entries(raw ?? {}).find(([key]) => key === name)?.[1];
  return typeof part === 'string' && part.includes('${') ? part : value;
};

const takeOption = (reading: Reading, key: OptionKey, option: Option, raw: unknown, path: DocumentPath): void => {
  // `port:` with nothing behind it is how one takes a line out for a while.
  if (raw === null || raw === undefined) return;
  const { value, lost } = resolved(reading, key, raw, path);
  if (lost && option.kind !== 'structured') return;
  const parsed = parseValue(option, value, dirname(reading.file));
  const place = placeOf(reading, path);
  if (!parsed.ok) {
    reading.draft.problems.push(
      wrongValue({
        place,
        key: `${key}${parsed.within ?? ''}`,
        seen: shownValue(asWritten(raw, parsed.within, parsed.seen ?? value), option),
        wanted: parsed.wanted,
      }),
    );
    return;
  }
  reading.draft.values.set(key, option.kind === 'structured' ? sourced(reading, parsed.value, raw, path) : parsed.value);
  reading.draft.origins.set(key, `file:${placeText(place)}`);
};

const isOption = (key: string): key is OptionKey => Object.hasOwn(OPTIONS, key);

const walk = (reading: Reading, group: string, members: Readonly<Record<string, unknown>>, path: DocumentPath): void => {
  for (const [name, raw] of Object.entries(members)) {
    const here = [...path, name];
    const key = [name, snake(name)]
      .map((part) => (group === '' ? part : `${group}.${part}`))
      .find((candidate) => isOption(candidate) || reading.groups.has(candidate));
    if (key === undefined) {
      if (group === '' && name === '$schema') continue;
      reading.draft.problems.push(unknownKey(placeOf(reading, here), group === '' ? name : `${group}.${name}`, Object.keys(OPTIONS)));
    } else if (isOption(key)) takeOption(reading, key, OPTIONS[key], raw, here);
    else if (isMapping(raw)) walk(reading, key, raw, here);
    else if (raw !== null && raw !== undefined) {
      reading.draft.problems.push(wrongValue({ place: placeOf(reading, here), key, seen: shownValue(raw), wanted: 'a mapping of options' }));
    }
  }
};

/** Reads the options that a config file sets. */
export const readFileInto = (draft: Draft, file: string, files: FileAccess, env: Readonly<Record<string, string | undefined>>): void => {
  const document = readConfigFile(file, files);
  if (!document.ok) {
    draft.problems.push(unreadable('PURSER_CONFIG', file, document.reason, document.line));
    return;
  }
  if (document.value === null || document.value === undefined) return;
  if (!isMapping(document.value)) {
    draft.problems.push(unreadable('PURSER_CONFIG', file, 'its content is no mapping of options'));
    return;
  }
  walk({ draft, file, document, env, files, groups: groupsOf(Object.keys(OPTIONS)) }, '', document.value, []);
};

/** Reads the file with price overrides, where `pricing.file` names one, as if its content stood under `pricing.overrides`. */
export const readPricingFile = (draft: Draft, files: FileAccess, env: Readonly<Record<string, string | undefined>>): void => {
  const file = draft.values.get('pricing.file');
  if (typeof file !== 'string') return;
  const document = readConfigFile(file, files);
  if (!document.ok) {
    draft.problems.push(unreadable('pricing.file', file, document.reason, document.line));
    return;
  }
  if (draft.values.get('pricing.overrides') !== undefined) {
    const place: Place = { kind: 'file', file, line: undefined };
    draft.problems.push(wrongValue({ place, key: 'pricing.file', seen: 'set beside pricing.overrides', wanted: 'one of the two' }));
    return;
  }
  const reading: Reading = { draft, file, document, env, files, groups: new Set() };
  takeOption(reading, 'pricing.overrides', OPTIONS['pricing.overrides'], document.value, []);
};
