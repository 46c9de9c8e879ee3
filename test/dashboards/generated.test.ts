import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rendered } from '../../dashboards/generator/all.ts';
import { DASHBOARDS, dashboards, rules, text } from './files.ts';

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

test('the README counts dashboards, panels and alerts as they are', () => {
  const panels = dashboards().flatMap(({ json }) => json.panels.filter(({ type }) => type !== 'row'));
  const alerts = rules('alerts.yml').filter(({ alert }) => alert !== undefined);
  const [, counted, alerting] = /Five Grafana dashboards, (\d+) panels, and (\d+) alerts/.exec(text('../README.md')) ?? [];
  expect([dashboards().length, Number(counted), Number(alerting)]).toEqual([5, panels.length, alerts.length]);
});

test('each dashboard has its picture, of less than 200 kB', () => {
  const pictures = dashboards().map(({ file }) => statSync(new URL(`images/${file.replace('.json', '.png')}`, DASHBOARDS)).size);
  expect(pictures.filter((size) => size > 200_000 || size < 10_000)).toEqual([]);
});
