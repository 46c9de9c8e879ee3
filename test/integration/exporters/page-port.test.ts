import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { compiledOnce } from '../../support/compiled-once.ts';
import { freePort } from '../../support/free-port.ts';
import { startLocalProvider } from '../../support/local-provider/start.ts';

const APP = `
const body = JSON.stringify({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] });
await (await fetch(process.env.BASE + '/v1/chat/completions', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).text();
for (let tries = 0; tries < 100; tries++) {
  const page = await fetch('http://127.0.0.1:' + process.env.PURSER_PROMETHEUS_PORT + '/metrics').then((answer) => answer.text(), () => '');
  const count = /^purser_calls_total{.*} (\\d+)$/m.exec(page)?.[1];
  if (count === '1') {
    console.log('the page has the call');
    break;
  }
  await new Promise((resume) => setTimeout(resume, 50));
}
`;

test('where npm starts the app, and has the flag and the port from its environment too, the page is that of the app', async () => {
  const [provider, port] = [await startLocalProvider(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), 'purser-npm-'));
  onTestFinished(async () => {
    rmSync(folder, { recursive: true });
    await provider.close();
  });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'an-app', scripts: { start: 'node app.mjs' } }));
  writeFileSync(join(folder, 'app.mjs'), APP);
  const env = {
    BASE: provider.url,
    PURSER_PROMETHEUS_PORT: String(port),
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
  };
  const child = spawn('npm', ['start', '--silent'], {
    cwd: folder,
    env: { ...compiledOnce(), ...env, NODE_OPTIONS: `--require ${resolve('dist/register.cjs')}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect({ out: out.trim(), said: err.split('\n').filter((line) => line.includes('purser')) }).toEqual({ out: 'the page has the call', said: [] });
});
