import { expect, test } from 'vitest';
import { give, readBody } from './wire.ts';
import { readerOf } from '../../../src/providers/shared/dialects.ts';

const local = { type: 'shell_call', id: 'sh_1', call_id: 'call_1', action: { commands: ['ls'] }, environment: { type: 'local' }, status: 'completed' };
const hosted = { ...local, id: 'sh_2', call_id: 'call_2', environment: { type: 'container_reference', container_id: 'cntr_1' } };
const search = (execution: string) => ({ type: 'tool_search_call', id: 'ts_1', call_id: 'call_3', execution, arguments: {}, status: 'completed' });
const said = { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'done' }] };

const answer = (output: readonly object[]) => ({
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  model: 'gpt-5.4',
  output,
  usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
});

const told = (output: readonly object[]) => {
  const whole = readBody(answer(output), 'openai.responses', 'openai');
  const events = [
    ...output.map((item, at) => JSON.stringify({ type: 'response.output_item.done', output_index: at, item })),
    JSON.stringify({ type: 'response.completed', response: answer([]) }),
  ];
  const streamed = give(readerOf('openai.responses').response('openai', { captureContent: false }), events, 'tap');
  return [whole, streamed].map(({ response, usage }) => [response.finishReasons, response.toolCalls, usage?.fees]);
};

test('a shell that OpenAI runs itself is no tool that the app is asked for, and its container is charged like one of the code interpreter', () => {
  const run = [['completed'], undefined, { codeExecution: 1 }];
  const interpreter = { type: 'code_interpreter_call', id: 'ci_1', container_id: 'cntr_1', code: '1', status: 'completed' };
  expect(told([hosted, { type: 'shell_call_output', id: 'sho_1', call_id: 'call_2', output: [] }, interpreter, said])).toEqual([run, run]);
});

test("a shell at the app's side, and a search for tools that the app is to make, are asked of it", () => {
  const asked = (id: string, name: string) => [['tool_calls'], [{ id, name }], undefined];
  expect(told([local])).toEqual([asked('call_1', 'shell_call'), asked('call_1', 'shell_call')]);
  expect(told([{ ...local, environment: null }])).toEqual([asked('call_1', 'shell_call'), asked('call_1', 'shell_call')]);
  expect(told([search('client')])).toEqual([asked('call_3', 'tool_search_call'), asked('call_3', 'tool_search_call')]);
  expect(told([search('server'), said])).toEqual([
    [['completed'], undefined, undefined],
    [['completed'], undefined, undefined],
  ]);
});
