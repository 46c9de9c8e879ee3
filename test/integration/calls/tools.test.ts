import { expect, test } from 'vitest';
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
