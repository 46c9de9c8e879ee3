import { expect, test } from 'vitest';
import { rendered } from '../../dashboards/generator/all.ts';
import { dashboards } from './files.ts';

test('the committed dashboards are what the generator makes now (npm run dashboards)', () => {
  const committed = new Map(dashboards().map(({ file, text }) => [file, text]));
  expect([...committed.keys()].sort()).toEqual(
    rendered()
      .map(({ file }) => file)
      .sort(),
  );
  expect(rendered().filter(({ file, json }) => committed.get(file) !== json)).toEqual([]);
});

test('each dashboard stays below 80 kB', () => {
  expect(
    dashboards()
      .filter(({ text }) => text.length > 80_000)
      .map(({ file }) => file),
  ).toEqual([]);
});
