import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { purser } from './purser.ts';

const folder = mkdtempSync(join(tmpdir(), 'purser-config-'));
const file = join(folder, 'purser.config.yaml');
const key = ['sk', 'proj', 'aB3dE5fG7hJ9kL1mN3pQ'].join('-');
writeFileSync(
  file,
  `labels:\n  team: core\nstore:\n  url: redis://:${key}@host\nalerts:\n  channels:\n    - kind: slack\n      url: \${file:hook}\n    - kind: webhook\n      url: https://hooks.example\npricing:\n  refresh_url: https://u:${key}@host/t?sig=${key}\n`,
);
writeFileSync(join(folder, 'hook'), `https://hooks.example/${key}\n`);
afterAll(() => rmSync(folder, { recursive: true }));

describe('purser config', () => {
  it('shows what is in force and where it came from, secrets hidden', async () => {
    const { code, stdout, stderr } = await purser(['config'], { OTEL_SERVICE_NAME: 'shop', PURSER_OTLP_HEADERS: `authorization=${key}` }, folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`config file: ${file}\n`);
    expect(stdout).toMatch(/^labels\.service +shop +env:OTEL_SERVICE_NAME$/m);
    expect(stdout).toMatch(new RegExp(`^labels\\.team +core +file:${file}:2$`, 'm'));
    expect(stdout).toMatch(/^otlp\.headers +\(hidden\) +env:PURSER_OTLP_HEADERS$/m);
    expect(stdout).toMatch(/^alerts\.channels +\[\{"kind":"slack","url":"\(hidden\)"\},\{"kind":"webhook","url":"\(hidden\)"\}\]/m);
    expect(stdout).not.toContain(key);
    expect(stdout).not.toContain('shutdown.timeout_ms');
    expect((await purser(['config', '--all'], {}, folder)).stdout).toMatch(/^shutdown\.timeout_ms +2000 +default$/m);
  });

  it('prints JSON', async () => {
    const { code, stdout } = await purser(['config', '--json'], { PURSER_STRICT: 'maybe' }, folder);
    const report = JSON.parse(stdout) as { file: string; options: Record<string, { value: unknown; origin: string }>; problems: unknown[] };
    expect(code).toBe(1);
    expect(report.file).toBe(file);
    expect(report.options['labels.team']).toEqual({ value: 'core', origin: `file:${file}:2` });
    expect(report.options['store.url']).toEqual({ value: '(hidden)', origin: `file:${file}:4` });
    expect(report.problems).toEqual([
      expect.objectContaining({ key: 'strict', seen: '"maybe"', wanted: 'true or false', message: expect.any(String) as string }),
    ]);
    expect(stdout).not.toContain(key);
  });

  it.each([
    [
      'redaction:\n  patterns:\n    - {name: ticket, pattern: "T-[0-9]{6}"}\n    - {name: bad, pattern: "(a+)+$"}\n',
      'redaction.patterns[1].pattern is "(a+)+$", wanted',
    ],
    ['redaction:\n  patterns:\n    - {pattern: "x"}\n', ':3: redaction.patterns[0] is incomplete, wanted a name and a pattern'],
    [
      'alerts:\n  channels:\n    - {kind: smoke}\n    - {kind: pagerduty, routing_key: hush}\n',
      `part.yaml:4: alerts.channels[1].routing_key is a secret in the file itself, wanted a reference to a variable or a file: '\${PAGERDUTY_ROUTING_KEY}' or`,
    ],
    ['budgets:\n  - id: a\n    limit: 5\n    window: fortnight\n', 'budgets[0].window'],
  ])('asks the stations about their parts of %j', async (text, wanted) => {
    writeFileSync(join(folder, 'part.yaml'), text);
    const { code, stderr } = await purser(['config', '--check', 'part.yaml'], {}, folder);
    expect(code).toBe(1);
    expect(stderr).toContain(wanted);
  });

  it('checks a file before it is used, whatever the variables say', async () => {
    writeFileSync(
      join(folder, 'next.yaml'),
      'labels:\n  metric_cap: ${CAP}\npricing:\n  overrides:\n    prices:\n      - match: {model: x}\n        per_mtok: {input: free}\n',
    );
    const { code, stdout, stderr } = await purser(['config', '--check', 'next.yaml'], { CAP: '0', PURSER_ENABLED: 'maybe' }, folder);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('next.yaml:2: labels.metric_cap is "${CAP}", wanted a whole number from 1 to 10000.\n');
    expect(stderr).toContain('next.yaml:7: pricing.overrides.prices[0].per_mtok.input is "free", wanted');
    expect(stderr).not.toContain('enabled');
    expect(await purser(['config', '--check', 'purser.config.yaml'], {}, folder)).toEqual({
      code: 0,
      signal: null,
      stdout: 'purser.config.yaml is good.\n',
      stderr: '',
    });
    expect((await purser(['config', '--check', 'gone.yaml'], {}, folder)).code).toBe(1);
  });
});
