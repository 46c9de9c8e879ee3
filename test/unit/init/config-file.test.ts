import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, constantFrom, oneof, pre, property, string } from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { choicesOf, type Said } from '../../../src/cli/init/choices.ts';
import { configFile } from '../../../src/cli/init/config-file.ts';
import { loadConfig } from '../../../src/config/load.ts';

const folder = mkdtempSync(join(tmpdir(), 'purser-init-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const loaded = (said: Said): ReturnType<typeof loadConfig> => {
  const file = join(folder, 'purser.config.yaml');
  writeFileSync(file, configFile(choicesOf(said, folder)));
  return loadConfig({ env: {}, cwd: folder, file });
};

describe('the config file that init writes', () => {
  it('is good and says what was chosen, for every combination of choices', () => {
    for (const collector of ['main', 'minimal', 'gateway', 'none'])
      for (const metrics of ['otlp', 'scrape'])
        for (const budget of [undefined, '250.5']) {
          const { problems, values } = loaded({ service: 'desk', team: 'harbour', collector, metrics, ...(budget === undefined ? {} : { budget }) });
          expect(problems).toEqual([]);
          expect(values.get('labels.service')).toBe('desk');
          expect(values.get('labels.team')).toBe('harbour');
          expect(values.get('exporters.metrics')).toEqual([metrics === 'otlp' ? 'otlp' : 'prometheus']);
          expect(values.get('telemetry.content')).toBe('none');
          expect(JSON.stringify(values.get('budgets') ?? []).includes('250.5')).toBe(budget !== undefined);
        }
  });

  it('takes any name of a service literally, whatever YAML or a reference would make of it', () => {
    const names = oneof(
      constantFrom('${HOME}', '$${x}', 'yes', '0x10', '- a', 'a: b # c', '"', "'", '\\', '{x}', '*a', '&a', '!x', '%', 'ключ', '${file:/etc/passwd}'),
      string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
    );
    assert(
      property(names, (name) => {
        pre(name.trim() !== '' && !/\p{Cc}/u.test(name));
        const { problems, values } = loaded({ service: name, budget: '20' });
        expect(problems).toEqual([]);
        expect(values.get('labels.service')).toBe(name.trim());
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['berths', 'berths-month'],
    ['harbour/desk 2', 'harbour-desk-2-month'],
    ['ключ', 'month'],
  ])('gives the budget of %s an id of its own', (service, id) => {
    expect(loaded({ service, budget: '20' }).values.get('budgets')).toMatchObject({ value: [{ id }] });
    expect(configFile(choicesOf({ service }, folder))).toContain(`#   - id: ${id}\n`);
  });
});

describe('choices', () => {
  it.each([
    [{ collector: 'huge' }, 'collector'],
    [{ metrics: 'push' }, 'metrics'],
    [{ budget: 'much' }, 'budget'],
    [{ budget: '-1' }, 'budget'],
    [{ endpoint: 'localhost:4318' }, 'endpoint'],
    [{ folder: '../elsewhere' }, 'folder'],
    [{ dashboards: '/etc' }, 'dashboards'],
    [{ rules: 'a/../../b' }, 'rules'],
    [{ service: 'a\nb' }, 'service'],
  ])('that cannot be are told in words: %j', (said, flag) => {
    expect(() => choicesOf(said, folder)).toThrow(`--${flag}`);
  });

  it('have the name in package.json as the service, without its scope', () => {
    writeFileSync(join(folder, 'package.json'), '{"name":"@acme/berths"}');
    expect(choicesOf({}, folder).service).toBe('berths');
    writeFileSync(join(folder, 'package.json'), 'no json');
    expect(choicesOf({}, folder).service).toMatch(/^purser-init-/);
  });
});
