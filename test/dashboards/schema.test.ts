import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { dashboards } from './files.ts';
import { dashboardSchema } from './sdk-schema.ts';

const panelOf = (copy: Record<string, never>): Record<string, Record<string, Record<string, unknown>>> =>
  (copy['panels'] as unknown as Record<string, Record<string, Record<string, unknown>>>[])[1] ?? {};

describe("the foundation SDK's own types, as a JSON schema that allows nothing else", () => {
  const validate = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true }).compile(dashboardSchema());

  test.each(dashboards())('$file passes', ({ json }) => {
    validate(json);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('a field that Grafana does not know fails, at every depth', () => {
    const [first] = dashboards();
    const spoil = (change: (copy: Record<string, never>) => void): boolean => {
      const copy = JSON.parse(first?.text ?? '{}') as Record<string, never>;
      change(copy);
      return validate(copy);
    };
    expect(spoil(() => undefined)).toBe(true);
    expect(spoil((copy) => Object.assign(copy, { colour: 'red' }))).toBe(false);
    expect(spoil((copy) => Object.assign(panelOf(copy), { datasource: 'prometheus' }))).toBe(false);
    expect(spoil((copy) => Object.assign(panelOf(copy)['options'] ?? {}, { colour: 'red' }))).toBe(false);
    expect(spoil((copy) => Object.assign(panelOf(copy)['fieldConfig']?.['defaults'] ?? {}, { units: 's' }))).toBe(false);
    expect(spoil((copy) => Object.assign((panelOf(copy)['targets'] as never)[0], { query: 'up' }))).toBe(false);
  });
});

// The published schema is not in the npm package; a copy beside the repository is used when there is one.
const published = new URL('../../../shared/data/grafana/dashboard.jsonschema.json', import.meta.url);

interface Published {
  readonly definitions: Record<string, { readonly properties: Record<string, unknown> }>;
}

describe.skipIf(!existsSync(published))('the schema that the foundation SDK publishes', () => {
  test.each(dashboards())('$file passes', ({ json }) => {
    const schema = JSON.parse(readFileSync(published, 'utf8')) as Published;
    // It says `object` where its own source says `any`, and so forbids every override by name, which its own builders make.
    for (const [name, field] of [
      ['MatcherConfig', 'options'],
      ['DynamicConfigValue', 'value'],
    ] as const)
      Object.assign(schema.definitions[name]?.properties ?? {}, { [field]: {} });
    const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
    validate(json);
    expect(validate.errors ?? []).toEqual([]);
  });
});
