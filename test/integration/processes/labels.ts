import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:http2';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Case } from './case.ts';
import { REQUIRE } from './compare.ts';

const HOST = resolve('test/matrix/hosts/sdk3');

const REQUESTS: readonly { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly wanted: Readonly<Record<string, unknown>> }[] = [
  {
    path: '/',
    headers: { baggage: 'tenant=acme,feature=search%20page;prop=1,secret=no' },
    wanted: { 'purser.tenant': 'acme', 'purser.feature': 'search page' },
  },
  { path: '/', headers: { 'X-Team': 'core', 'x-plan': 'gold' }, wanted: { 'purser.team': 'core', 'purser.tag.plan': 'gold' } },
  { path: '/?user=u_42', headers: {}, wanted: { 'purser.user': 'u_42' } },
  { path: '/', headers: {}, wanted: {} },
];
const LABELS = ['purser.tenant', 'purser.feature', 'purser.team', 'purser.user', 'purser.tag.plan', 'purser.tag.secret', 'purser.service'];

const overHttp2 = async (url: string): Promise<void> => {
  const session = connect(url);
  await Promise.all(
    REQUESTS.map(
      ({ path, headers }) =>
        new Promise(
          (ended) =>
            void session
              .request({ ...headers, ':path': path })
              .resume()
              .on('end', ended),
        ),
    ),
  );
  session.close();
};

/** Requests at the same moment, each with labels of its own, which must not mix. */
const labels = (framework: string): Case => ({
  name: `labels from baggage, headers and the SDK’s own field, ${framework}`,
  missing: () => (existsSync(`${HOST}/node_modules`) ? undefined : 'run npm ci in test/matrix/hosts/sdk3'),
  async run({ env, receiver }) {
    const { NODE_OPTIONS: _, ...inherited } = process.env;
    const settings = { PURSER_LABELS_BAGGAGE: 'tenant,feature', PURSER_LABELS_HEADERS: 'x-team=team,x-plan=plan', PURSER_LABELS_SERVICE: 'shop' };
    const child = spawn(process.execPath, ['--require', REQUIRE, resolve(HOST, 'server.cjs'), framework, String(REQUESTS.length)], {
      env: { ...inherited, ...env, ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { port } = JSON.parse(await new Promise<string>((done) => void createInterface({ input: child.stdout }).once('line', done))) as { port: number };
    const url = `http://127.0.0.1:${port}`;
    await (framework === 'http2' ? overHttp2(url) : Promise.all(REQUESTS.map(async ({ path, headers }) => (await fetch(url + path, { headers })).text())));
    await new Promise((done) => void child.once('exit', done));
    const seen = receiver.spans.map(({ attributes }) =>
      JSON.stringify(Object.fromEntries(LABELS.filter((key) => key in attributes).map((key) => [key, attributes[key]]))),
    );
    const wrong = REQUESTS.map(({ wanted }) =>
      JSON.stringify(
        Object.fromEntries(
          LABELS.filter((key) => key === 'purser.service' || key in wanted).map((key) => [key, key === 'purser.service' ? 'shop' : wanted[key]]),
        ),
      ),
    )
      .filter((wanted) => !seen.includes(wanted))
      .map((wanted) => `no call has exactly ${wanted}; there are ${seen.join(' ')}`);
    return seen.length === REQUESTS.length ? wrong : [...wrong, `${seen.length} spans`];
  },
});

/** Where the labels of a call come from. */
export const LABELLED: readonly Case[] = ['http', 'http2', 'express', 'fastify'].map(labels);
