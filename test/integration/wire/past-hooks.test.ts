import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { startLocalProvider } from '../../support/local-provider/start.ts';
import { runPreloaded } from '../../support/preloaded.ts';
import { runNode } from '../../support/run-node.ts';
import { scratchFolder } from '../../support/scratch.ts';

const ASKED = `const sent = { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer local-test-key' } };
const ask = (http, base) => new Promise((ended) => {
  http.request(base + '/v1/chat/completions', sent, (answer) => answer.resume().on('end', ended)).end(JSON.stringify({ model: 'gpt-5.4', messages: [] }));
});`;

test('a call by a module of Node that the app takes from process.getBuiltinModule is seen, which passes hooks by', async () => {
  const { spans, printed, stderr } = await runPreloaded(`${ASKED}
    const { getBuiltinModule } = process;
    const http = getBuiltinModule('node:http');
    await ask(http, base);
    print([http === process.getBuiltinModule('http'), process.getBuiltinModule('no-such-module') === undefined, getBuiltinModule.name, getBuiltinModule.length]);
    try { getBuiltinModule(1); } catch ({ code }) { print(code); }`);
  expect(stderr).toBe('');
  expect(printed).toEqual([[true, true, 'getBuiltinModule', 1], 'ERR_INVALID_ARG_TYPE']);
  expect(spans.map(({ name }) => name)).toEqual(['chat gpt-5.4']);
});

test('a call by a module of Node that an app asks for which starts from a snapshot is seen, though no hook sees that', async () => {
  const provider = await startLocalProvider();
  const folder = scratchFolder();
  const [app, blob, file] = [join(folder, 'app.cjs'), join(folder, 'app.blob'), join(folder, 'calls.jsonl')];
  const main = "ask(require('node:http'), process.env.BASE).then(() => console.log('done'))";
  writeFileSync(app, `${ASKED} require('node:v8').startupSnapshot.setDeserializeMainFunction(() => void ${main});`);
  expect(await runNode(['--snapshot-blob', blob, '--build-snapshot', app])).toMatchObject({ code: 0 });
  const ran = await runNode(['--require', resolve('dist/register.cjs'), '--snapshot-blob', blob], {
    env: { BASE: provider.url, PURSER_JSONL_FILE: file, OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
  });
  await provider.close();
  expect(ran).toMatchObject({ code: 0, stdout: 'done\n', stderr: '' });
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  expect(lines.filter((line) => line.includes('"kind":"span"'))).toHaveLength(1);
});
