import { readFileSync } from 'node:fs';

/** A piece of JSON text that goes into a template as it is. */
export interface Json {
  readonly json: string;
}

/** What may fill a hole of a template. */
export type HoleValue = string | number | boolean | null | Json;

type Segments = readonly { readonly before: string; readonly hole: string | undefined }[];

const compile = (template: unknown): Segments => {
  const parts = JSON.stringify(template).split(/"\{\{(\w+)\}\}"/);
  const segments: { before: string; hole: string | undefined }[] = [];
  for (let i = 0; i < parts.length; i += 2) segments.push({ before: parts[i] ?? '', hole: parts[i + 1] });
  return segments;
};

const encode = (value: HoleValue): string => (typeof value === 'object' && value !== null ? value.json : JSON.stringify(value));

/** Fills the templates of one fixture file; throws where a template or the value of a hole is missing. */
export type Templates = (name: string, values?: Readonly<Record<string, HoleValue>>) => Json;

/** Loads `test/fixtures/provider/<file>.json`, each template split at its holes once. */
export const loadTemplates = (file: string): Templates => {
  const text = readFileSync(new URL(`../../fixtures/provider/${file}.json`, import.meta.url), 'utf8');
  const compiled = new Map(Object.entries(JSON.parse(text) as Record<string, unknown>).map(([name, t]) => [name, compile(t)]));
  return (name, values = {}) => {
    const segments = compiled.get(name);
    if (segments === undefined) throw new Error(`${file}.json has no template ${name}`);
    let json = '';
    for (const { before, hole } of segments) {
      json += before;
      if (hole === undefined) continue;
      const value = values[hole];
      if (value === undefined) throw new Error(`${file}.json: ${name} needs ${hole}`);
      json += encode(value);
    }
    return { json };
  };
};

/** Joins pieces of JSON to an array. */
export const jsonArray = (items: readonly Json[]): Json => ({ json: `[${items.map((i) => i.json).join(',')}]` });

/** Joins JSON objects to one; later members stand after earlier ones. */
export const jsonMerge = (...objects: readonly Json[]): Json => ({
  json: `{${objects
    .map((o) => o.json.slice(1, -1))
    .filter((s) => s !== '')
    .join(',')}}`,
});
