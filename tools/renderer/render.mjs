// node render.mjs --prometheus http://127.0.0.1:9090 [--seconds 21600] [--rate-interval 2m] [--theme dark|light] [--full] [--only uid]... [--prefix text] [--out folder]
// Draws each dashboard from live data and writes PNGs: the first screen, or with --full the whole dashboard.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { launch } from 'puppeteer-core';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    prometheus: { type: 'string', default: 'http://127.0.0.1:9090' },
    seconds: { type: 'string', default: '21600' },
    'rate-interval': { type: 'string', default: '2m' },
    theme: { type: 'string', default: 'dark' },
    full: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    prefix: { type: 'string', default: '' },
    out: { type: 'string', default: join(here, '../../dashboards/images') },
    width: { type: 'string', default: '1600' },
  },
});
const dashboards = join(here, '../../dashboards/grafana');
const bundle = join(here, 'node_modules/.cache/page');
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
if (CHROMIUM === undefined) throw new Error('no Chromium here (Debian: chromium)');

await build({
  entryPoints: [join(here, 'page.jsx')],
  outdir: bundle,
  bundle: true,
  format: 'esm',
  splitting: true,
  minify: true,
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
  loader: { '.svg': 'text', '.png': 'dataurl', '.ttf': 'empty', '.woff': 'empty', '.woff2': 'empty' },
  logLevel: 'error',
});

const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json' };
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname.startsWith('/api/')) {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', async () => {
      const answer = await fetch(values.prometheus + pathname, { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    });
    return;
  }
  if (pathname === '/') {
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(
        '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><link rel="stylesheet" href="/page.css"><div id="root"></div><script type="module" src="/page.js"></script>',
      );
    return;
  }
  const file = pathname.startsWith('/dashboards/')
    ? join(dashboards, resolve('/', pathname.slice('/dashboards/'.length)))
    : join(bundle, resolve('/', pathname));
  if (!existsSync(file) || !statSync(file).isFile()) response.writeHead(404).end();
  else response.writeHead(200, { 'content-type': TYPES[file.slice(file.lastIndexOf('.'))] ?? 'application/octet-stream' }).end(readFileSync(file));
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const origin = `http://127.0.0.1:${server.address().port}`;
mkdirSync(values.out, { recursive: true });

const browser = await launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--force-color-profile=srgb', '--hide-scrollbars'] });
const small = spawnSync('pngquant', ['--version']).status === 0;
if (!small) console.log('pngquant is not here: the pictures stay large');
let failed = false;
try {
  const uids = readdirSync(dashboards)
    .map((file) => file.replace('.json', ''))
    .filter((uid) => values.only === undefined || values.only.includes(uid));
  for (const uid of uids) {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.log(`${uid}: ${error.message}`));
    if (process.env.DEBUG) page.on('console', (message) => console.log(message.text()));
    await page.setViewport({ width: Number(values.width), height: 1000 });
    await page.goto(
      `${origin}/?${new URLSearchParams({ dashboard: uid, seconds: values.seconds, rateInterval: values['rate-interval'], theme: values.theme, width: values.width })}`,
    );
    await page.waitForFunction('window.rendered !== undefined', { timeout: 120_000 });
    const report = await page.evaluate('window.rendered');
    const path = join(values.out, `${values.prefix}${uid}${values.full ? '-full' : ''}.png`);
    if (values.full) {
      // Tables draw only the rows that are in sight.
      await page.setViewport({ width: Number(values.width), height: report.height });
      await new Promise((seen) => setTimeout(seen, 2500));
    }
    await page.screenshot({ path });
    if (small) execFileSync('pngquant', ['--force', '--skip-if-larger', '--output', path, '96', path]);
    console.log(
      `${uid}: ${report.panels} panels, ${report.queries} queries, slowest ${report.slowestMs.toFixed(0)} ms, ${report.empty.length} empty, ${report.errors.length} errors, ${(statSync(path).size / 1000).toFixed(0)} kB`,
    );
    for (const name of report.empty) console.log(`  empty: ${name}`);
    for (const error of report.errors) console.log(`  error: ${error}`);
    failed ||= report.errors.length > 0;
    await page.close();
  }
} finally {
  await browser.close();
  server.close();
}
process.exitCode = failed ? 1 : 0;
