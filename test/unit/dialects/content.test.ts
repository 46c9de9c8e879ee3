import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Dialect } from '../../../src/call/call.ts';
import { readerOf } from '../../../src/providers/shared/dialects.ts';
import { haveSchemas, schemaOf } from './content-schema.ts';
import { readBody, readStream } from './wire.ts';

const BYTES = Buffer.from('not really a picture, but longer than nothing'.repeat(20));
const BASE64 = BYTES.toString('base64');
const DIGEST = createHash('sha256').update(BYTES).digest('hex');
const blob = (modality: string, mime_type: string) => ({ type: 'blob', modality, mime_type, content: '', byte_length: BYTES.length, sha256: DIGEST });

const check = (name: string, value: unknown): void => {
  if (value === undefined) return;
  const validate = schemaOf(name);
  expect(validate(value) ? [] : validate.errors).toEqual([]);
};

const prompt = (dialect: Dialect, body: unknown): unknown => {
  const content = readerOf(dialect).requestContent(body);
  expect(JSON.stringify(content)).not.toContain(BASE64.slice(0, 40));
  if (haveSchemas) {
    check('gen-ai-input-messages', content.inputMessages);
    check('gen-ai-system-instructions', content.systemInstructions);
    check('gen-ai-tool-definitions', content.toolDefinitions);
  }
  return content;
};

test('an OpenAI chat prompt, its media by size and digest and never by their bytes', () => {
  const body = {
    messages: [
      { role: 'developer', content: 'Be brief.' },
      {
        role: 'user',
        name: 'jo',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${BASE64}` } },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
          { type: 'input_audio', input_audio: { data: BASE64, format: 'wav' } },
          { type: 'file', file: { file_id: 'file-1' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${BASE64}` } },
        ],
      },
      { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }] },
      { role: 'tool', tool_call_id: 'call_1', content: 'done' },
    ],
    tools: [{ type: 'function', function: { name: 'f', description: 'long', parameters: { type: 'object' } } }],
  };
  expect(prompt('openai.chat', body)).toEqual({
    inputMessages: [
      { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
      {
        role: 'user',
        name: 'jo',
        parts: [
          { type: 'text', content: 'What is this?' },
          blob('image', 'image/png'),
          { type: 'uri', modality: 'image', uri: 'https://example.com/a.png' },
          blob('audio', 'audio/wav'),
          { type: 'file', modality: 'document', file_id: 'file-1' },
          blob('document', 'application/pdf'),
        ],
      },
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'call_1', name: 'f', arguments: { a: 1 } }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_1', response: 'done' }] },
    ],
    toolDefinitions: [{ type: 'function', name: 'f' }],
  });
});

test('an OpenAI responses prompt: instructions apart, items as messages', () => {
  const body = {
    instructions: 'Be brief.',
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'Hi' },
          { type: 'input_image', image_url: `data:image/png;base64,${BASE64}` },
          { type: 'input_file', file_id: 'file-1' },
        ],
      },
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm' }], encrypted_content: BASE64 },
      { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_1', output: 'done' },
    ],
    tools: [{ type: 'function', name: 'f' }, { type: 'web_search' }],
  };
  expect(prompt('openai.responses', body)).toEqual({
    systemInstructions: [{ type: 'text', content: 'Be brief.' }],
    inputMessages: [
      { role: 'user', parts: [{ type: 'text', content: 'Hi' }, blob('image', 'image/png'), { type: 'file', modality: 'document', file_id: 'file-1' }] },
      { role: 'assistant', parts: [{ type: 'reasoning', content: 'Hm' }] },
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'call_1', name: 'f', arguments: {} }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_1', response: 'done' }] },
    ],
    toolDefinitions: [
      { type: 'function', name: 'f' },
      { type: 'web_search', name: 'web_search' },
    ],
  });
});

test('an Anthropic prompt: system apart, tool results as a tool speaks', () => {
  const body = {
    system: [{ type: 'text', text: 'Be brief.' }],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: BASE64 } },
          { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm', signature: 'x' },
          { type: 'tool_use', id: 't1', name: 'f', input: { a: 1 } },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 't1',
            content: [
              { type: 'text', text: 'done' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: BASE64 } },
            ],
          },
        ],
      },
    ],
    tools: [
      { name: 'f', input_schema: {} },
      { type: 'web_search_20250305', name: 'web_search' },
    ],
  };
  expect(prompt('anthropic.messages', body)).toEqual({
    systemInstructions: [{ type: 'text', content: 'Be brief.' }],
    inputMessages: [
      { role: 'user', parts: [blob('image', 'image/png'), { type: 'uri', modality: 'document', uri: 'https://example.com/a.pdf' }] },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'Hm' },
          { type: 'tool_call', id: 't1', name: 'f', arguments: { a: 1 } },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 't1', response: [{ type: 'text', content: 'done' }, blob('image', 'image/png')] }] },
    ],
    toolDefinitions: [
      { type: 'function', name: 'f' },
      { type: 'web_search_20250305', name: 'web_search' },
    ],
  });
});

test('a Gemini prompt', () => {
  const body = {
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    contents: [
      {
        role: 'user',
        parts: [{ text: 'Hi' }, { inlineData: { mimeType: 'audio/wav', data: BASE64 } }, { fileData: { mimeType: 'video/mp4', fileUri: 'gs://b/v.mp4' } }],
      },
      { role: 'model', parts: [{ text: 'Hm', thought: true }, { functionCall: { name: 'f', args: { a: 1 } } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'f', response: { ok: true } } }] },
    ],
    tools: [{ functionDeclarations: [{ name: 'f' }] }, { googleSearch: {} }],
  };
  expect(prompt('google.generate_content', body)).toEqual({
    systemInstructions: [{ type: 'text', content: 'Be brief.' }],
    inputMessages: [
      {
        role: 'user',
        parts: [{ type: 'text', content: 'Hi' }, blob('audio', 'audio/wav'), { type: 'uri', modality: 'video', mime_type: 'video/mp4', uri: 'gs://b/v.mp4' }],
      },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'Hm' },
          { type: 'tool_call', name: 'f', arguments: { a: 1 } },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'f', response: { ok: true } }] },
    ],
    toolDefinitions: [
      { type: 'function', name: 'f' },
      { type: 'googleSearch', name: 'googleSearch' },
    ],
  });
});

test('prompts of Bedrock, Cohere and interactions', () => {
  const converse = {
    system: [{ text: 'Be brief.' }, { cachePoint: { type: 'default' } }],
    messages: [{ role: 'user', content: [{ text: 'Hi' }, { image: { format: 'png', source: { bytes: BASE64 } } }] }],
    toolConfig: { tools: [{ toolSpec: { name: 'f' } }] },
  };
  expect(prompt('bedrock.converse', converse)).toEqual({
    systemInstructions: [{ type: 'text', content: 'Be brief.' }],
    inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }, blob('image', 'image/png')] }],
    toolDefinitions: [{ type: 'function', name: 'f' }],
  });
  expect(prompt('bedrock.invoke_model', { inputText: 'Hi' })).toEqual({ inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }] });
  expect(prompt('cohere.chat', { messages: [{ role: 'user', content: 'Hi' }] })).toEqual({
    inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }],
  });
  expect(
    prompt('google.interactions', {
      input: [
        { type: 'text', text: 'Hi' },
        { type: 'image', data: BASE64, mime_type: 'image/png' },
      ],
      system_instruction: 'Be brief.',
    }),
  ).toEqual({
    systemInstructions: [{ type: 'text', content: 'Be brief.' }],
    inputMessages: [
      { role: 'user', parts: [{ type: 'text', content: 'Hi' }] },
      { role: 'user', parts: [blob('image', 'image/png')] },
    ],
  });
});

const text = (content: string) => ({ type: 'text', content });
const thought = (content: string) => ({ type: 'reasoning', content });
const call = (name: string, args: unknown, id?: string) => ({ type: 'tool_call', ...(id === undefined ? {} : { id }), name, arguments: args });

test.each([
  [
    'openai-chat.sse',
    'openai.chat',
    [
      { role: 'assistant', parts: [text('Grüße "quoted"'), call('get_weather', { city: 'Oslo' }, 'call_1')], finish_reason: 'tool_call' },
      { role: 'assistant', parts: [text('Second')], finish_reason: 'length' },
    ],
  ],
  ['xai-chat.sse', 'openai.chat', [{ role: 'assistant', parts: [thought('Think'), text('Yes.')], finish_reason: 'stop' }]],
  [
    'openai-responses.sse',
    'openai.responses',
    [
      {
        role: 'assistant',
        parts: [
          thought('Thinking'),
          {
            type: 'server_tool_call',
            id: 'ws_1',
            name: 'web_search',
            server_tool_call: { type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'x' } },
          },
          {
            type: 'server_tool_call',
            id: 'ws_2',
            name: 'web_search',
            server_tool_call: { type: 'web_search_call', status: 'completed', action: { type: 'open_page', url: 'https://example.com' } },
          },
          text('The "response" is in.'),
          call('look_up', { id: 7 }, 'call_1'),
        ],
      },
    ],
  ],
  [
    'anthropic-messages.sse',
    'anthropic.messages',
    [{ role: 'assistant', parts: [thought('Let me see.'), text('I look "it" up.'), call('look_up', { id: 7 }, 'toolu_1')] }],
  ],
  [
    'gemini.sse',
    'google.generate_content',
    [{ role: 'assistant', parts: [thought('Let me think.'), text('One two'), call('look_up', { id: 7 })], finish_reason: 'stop' }],
  ],
  ['interactions.sse', 'google.interactions', [{ role: 'assistant', parts: [text('Hello'), call('look_up', { id: 7 }, 'f1')] }]],
  ['cohere-v2.sse', 'cohere.chat', [{ role: 'assistant', parts: [text('Hello'), call('look_up', { id: 7 }, 't-1')] }]],
] as const)('the answer streamed in %s', (file, dialect, wanted) => {
  const messages = readStream(file, dialect, 'test', 'captured').response.content?.outputMessages;
  expect(messages).toEqual(wanted);
  if (!haveSchemas) return;
  const validate = schemaOf('gen-ai-output-messages');
  expect(validate(messages) ? [] : validate.errors).toEqual([]);
});

test.each([
  ['openai-chat.sse', 'openai.chat', 5, [text('Grüße "quoted"'), call('get_weather', {}, 'call_1')]],
  ['openai-responses.sse', 'openai.responses', 7, [thought('Thinking'), text('The "response" is in.')]],
  ['openai-responses.sse', 'openai.responses', 10, [thought('Thinking'), text('The "response" is in.'), call('look_up', { id: 7 }, 'call_1')]],
  ['anthropic-messages.sse', 'anthropic.messages', 8, [thought('Let me see.'), text('I look "it" up.')]],
] as const)('the answer in %s when the stream is cut off', (file, dialect, count, parts) => {
  const messages = readStream(file, dialect, 'test', 'captured', count).response.content?.outputMessages as readonly { readonly parts: unknown }[];
  expect(messages[0]?.parts).toEqual(parts);
});

test('a picture in an answer is a reference, too', () => {
  const { response } = readBody(
    { status: 'completed', output: [{ type: 'image_generation_call', id: 'ig_1', status: 'completed', result: BASE64, output_format: 'png' }] },
    'openai.responses',
    'openai',
    true,
  );
  expect(response.content?.outputMessages).toEqual([
    {
      role: 'assistant',
      parts: [
        { type: 'server_tool_call', id: 'ig_1', name: 'image_generation', server_tool_call: { type: 'image_generation_call', status: 'completed' } },
        blob('image', 'image/png'),
      ],
    },
  ]);
});

test('nothing of the content is gathered unless it was asked for', () => {
  for (const [file, dialect] of [
    ['openai-chat.sse', 'openai.chat'],
    ['openai-responses.sse', 'openai.responses'],
    ['anthropic-messages.sse', 'anthropic.messages'],
    ['gemini.sse', 'google.generate_content'],
    ['cohere-v2.sse', 'cohere.chat'],
  ] as const) {
    const facts = readStream(file, dialect, 'test', 'hook');
    expect(facts.response.content).toBeUndefined();
    expect(JSON.stringify({ ...facts, usage: undefined })).not.toMatch(/Grüße|Oslo|Thinking|Let me|Hello/);
  }
});
