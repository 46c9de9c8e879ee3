import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';

test('tools that a runner executes have spans of their own, beside the calls that asked for them', async () => {
  const { spans, printed } = await runPreloaded(`
    const tool = { type: 'function', function: { name: 'weather', parse: JSON.parse, parameters: { type: 'object', properties: {} }, function: async function weather() { return 'sunny'; } } };
    const runner = openai.chat.completions.runTools({ ...chat, tools: [tool] }, { ...scripted({ tool: 'weather' }), maxChatCompletions: 2 });
    await runner.done();
    const other = anthropic.beta.messages.toolRunner({ ...message, max_iterations: 2, tools: [{ name: 'weather', description: 'd', input_schema: { type: 'object', properties: {} }, parse: (x) => x, run: async () => { throw new Error('no sun'); } }] }, scripted({ tool: 'weather' }));
    print((await other).stop_reason);
  `);
  expect(printed).toEqual(['end_turn']);
  const names = spans.map(({ name }) => name);
  expect(names.filter((name) => name === 'chat gpt-5.4')).toHaveLength(2);
  expect(names.filter((name) => name === 'execute_tool weather').length).toBe(2);
  const failed = spans.filter(({ name, status }) => name.startsWith('execute_tool') && status === 'error');
  expect(failed).toHaveLength(1);
  expect(spans.find(({ name }) => name === 'chat gpt-5.4')?.attributes['purser.tool_calls']).toEqual(['weather']);
});

test('a tool that throws nothing at all has failed', async () => {
  const { spans } = await runPreloaded(`
    for (const run of [async () => Promise.reject(), () => { throw undefined; }]) {
      const tool = { type: 'function', function: { name: 'weather', parse: JSON.parse, parameters: { type: 'object', properties: {} }, function: run } };
      await openai.chat.completions.runTools({ ...chat, tools: [tool] }, { ...scripted({ tool: 'weather' }), maxChatCompletions: 1 }).done().catch(() => undefined);
    }`);
  const tools = spans.filter(({ name }) => name === 'execute_tool weather');
  expect(tools.map(({ status, attributes }) => [status, attributes['error.type']])).toEqual([
    ['error', '_OTHER'],
    ['error', '_OTHER'],
  ]);
});

test('a tool whose answer is no promise of the platform ends when that is there, and is asked for it once', async () => {
  const { spans, printed } = await runPreloaded(`
    let asked = 0;
    const query = (settle) => ({ then(done, failed) { asked += 1; setTimeout(() => settle(done, failed), 60); } });
    for (const settle of [(done) => done('sunny'), (_, failed) => failed(new TypeError('no sun'))]) {
      const tool = { type: 'function', function: { name: 'weather', parse: JSON.parse, parameters: { type: 'object', properties: {} }, function: () => query(settle) } };
      await openai.chat.completions.runTools({ ...chat, tools: [tool] }, { ...scripted({ tool: 'weather' }), maxChatCompletions: 1 }).done().catch(() => undefined);
    }
    print(asked);`);
  const tools = spans.filter(({ name }) => name === 'execute_tool weather');
  expect(printed).toEqual([2]);
  expect(tools.map(({ status, attributes }) => [status, attributes['error.type']])).toEqual([
    ['unset', undefined],
    ['error', 'TypeError'],
  ]);
});

// Each SDK is given answers of our own: the first asks for the tool `w`, the next one ends; `sent` is what the SDK told the model of it.
const APP = `
const answers = (make, sent) => { let n = 0; return async (_, { body }) => { n += 1; if (n === 2) sent.push(JSON.stringify(JSON.parse(body).messages.at(-1).content)); return new Response(JSON.stringify(make(n === 1)), { headers: { 'content-type': 'application/json' } }); }; };
const claude = (first) => ({ id: 'm', type: 'message', role: 'assistant', model: 'claude-sonnet-5', usage: { input_tokens: 1, output_tokens: 1 }, ...(first ? { stop_reason: 'tool_use', content: [{ type: 'tool_use', id: 't', name: 'w', input: {} }] } : { stop_reason: 'end_turn', content: [{ type: 'text', text: 'ok' }] }) });
const gpt = (first) => ({ id: 'c', object: 'chat.completion', model: 'gpt-5.4', usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }, choices: [{ index: 0, ...(first ? { finish_reason: 'tool_calls', message: { role: 'assistant', content: null, tool_calls: [{ id: 't', type: 'function', function: { name: 'w', arguments: '{}' } }] } } : { finish_reason: 'stop', message: { role: 'assistant', content: 'ok' } }) }] });
class Tool { name = 'w'; description = 'd'; input_schema = { type: 'object', properties: {} }; parameters = this.input_schema; #secret = 7; calls = 0; parse(x) { return [x, this.#secret] && x; } async run() { this.calls += 1; return 'run ' + this.#secret; } function() { this.calls += 1; return 'function ' + this.#secret; } }
const anthropicRun = async (tools, change = () => {}) => { const sent = []; const params = { ...message, tools }; const runner = new Anthropic({ apiKey: key, fetch: answers(claude, sent) }).beta.messages.toolRunner(params); const same = runner.params.tools === tools; change(tools); await runner.runUntilDone(); return [...sent, same]; };
const openaiRun = async (tools, change = () => {}) => { const sent = []; const params = { ...chat, tools }; const runner = new OpenAI({ apiKey: key, fetch: answers(gpt, sent) }).chat.completions.runTools(Object.freeze(params)); change(tools); await runner.done(); return sent; };
const plain = (text) => ({ name: 'w', description: 'd', input_schema: { type: 'object', properties: {} }, run: async () => text });
const fn = (inner) => Object.freeze({ type: 'function', function: inner });
const main = async () => {
  const a = new Tool(); print([await anthropicRun([a]), a.calls]);
  print(await anthropicRun([plain('old')], (tools) => { tools[0].run = async () => 'new'; }));
  print(await anthropicRun([], (tools) => { tools.push(plain('late')); }));
  const o = new Tool(); print([await openaiRun([fn(o)]), o.calls]);
  print(await openaiRun([fn(new Tool())], (tools) => { tools[0].function.function = () => 'new'; }));
  print(await openaiRun([], (tools) => { tools.push(fn({ name: 'w', parameters: { type: 'object' }, function: () => 'late' })); }));
};
`;

describe('the app sees nothing of the spans of its tools', () => {
  const lines: readonly (readonly [string, string, 'import' | 'require'])[] = [
    ['newest', resolve('node_modules'), 'import'],
    ['newest', resolve('node_modules'), 'require'],
    ['oldest with a runner', resolve('test/matrix/wire/node_modules'), 'import'],
    ['oldest with a runner', resolve('test/matrix/wire/node_modules'), 'require'],
    ['middle', resolve('test/matrix/middle/node_modules'), 'import'],
    ['middle', resolve('test/matrix/middle/node_modules'), 'require'],
  ];
  for (const [name, modules, by] of lines) {
    test.skipIf(!existsSync(join(modules, '@anthropic-ai/sdk')))(`${name}, by ${by}`, async () => {
      const load = (id: string, file: string): string => JSON.stringify(join(modules, id, `${file}.${by === 'import' ? 'mjs' : 'js'}`));
      const { spans, printed } = await runPreloaded(
        `{ const { createRequire } = await import('node:module'); const get = ${by === 'import' ? '(file) => import(file)' : '(file) => createRequire(file)(file)'};
        const OpenAI = (await get(${load('openai', 'index')})).OpenAI; const Anthropic = (await get(${load('@anthropic-ai/sdk', 'index')})).Anthropic; ${APP} await main(); }`,
      );
      expect(printed).toEqual([
        [[JSON.stringify([{ type: 'tool_result', tool_use_id: 't', content: 'run 7' }]), true], 1],
        [JSON.stringify([{ type: 'tool_result', tool_use_id: 't', content: 'new' }]), true],
        [JSON.stringify([{ type: 'tool_result', tool_use_id: 't', content: 'late' }]), true],
        [[JSON.stringify('function 7')], 1],
        [JSON.stringify('new')],
        [JSON.stringify('late')],
      ]);
      expect(spans.filter((span) => span.name === 'execute_tool w')).toHaveLength(6);
    });
  }
});
