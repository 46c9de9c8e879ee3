import { expect, test } from 'vitest';
import { readerOf } from '../../../src/providers/shared/dialects.ts';
import { SseParser } from '../../support/sse-parser.ts';
import { haveSchemas, schemaOf } from './content-schema.ts';
import { entries, haveRecordings, placeOf } from './recorded.ts';

// Texts that people wrote may look like anything; every other value may not look like bytes.
const holdsBytes = (content: unknown): boolean =>
  /[A-Za-z0-9+/]{600}/.test(JSON.stringify(content, (name, value: unknown) => (name === 'content' && typeof value === 'string' ? '' : value)));

const ready = haveRecordings && haveSchemas;

test.skipIf(!ready)('gives every recorded prompt in the schemas of the convention, without any bytes in it', () => {
  const input = schemaOf('gen-ai-input-messages');
  const system = schemaOf('gen-ai-system-instructions');
  const tools = schemaOf('gen-ai-tool-definitions');
  const failed: string[] = [];
  let prompts = 0;
  for (const entry of entries) {
    const place = placeOf(entry);
    if (place === undefined || entry.request.body === undefined) continue;
    const content = readerOf(place.dialect).requestContent(entry.request.body);
    if (content.inputMessages !== undefined && !input(content.inputMessages)) failed.push(`${entry.id} input: ${JSON.stringify(input.errors?.slice(0, 3))}`);
    if (content.systemInstructions !== undefined && !system(content.systemInstructions))
      failed.push(`${entry.id} system: ${JSON.stringify(system.errors?.slice(0, 3))}`);
    if (content.toolDefinitions !== undefined && !tools(content.toolDefinitions))
      failed.push(`${entry.id} tools: ${JSON.stringify(tools.errors?.slice(0, 3))}`);
    if (content.inputMessages !== undefined) prompts++;
    if (holdsBytes(content)) failed.push(`${entry.id} holds bytes`);
  }
  expect(failed).toEqual([]);
  expect(prompts).toBeGreaterThan(700);
});

test.skipIf(!ready)('gives every recorded answer in the schema of the convention, whole and streamed', () => {
  const output = schemaOf('gen-ai-output-messages');
  const failed: string[] = [];
  let answers = 0;
  for (const entry of entries) {
    const place = placeOf(entry);
    if (place === undefined || entry.expected.outcome !== 'ok') continue;
    const reader = readerOf(place.dialect).response(place.provider, { captureContent: true });
    if (entry.response.sse_text === undefined) reader.body(entry.response.body);
    else {
      const parser = new SseParser(({ data }) => {
        if (data !== '[DONE]' && reader.wants(data)) reader.event(JSON.parse(data));
      });
      parser.push(new TextEncoder().encode(entry.response.sse_text));
      parser.end();
    }
    const messages = reader.facts().response.content?.outputMessages;
    if (messages === undefined) continue;
    if (!output(messages)) failed.push(`${entry.id}: ${JSON.stringify(output.errors?.slice(0, 3))}`);
    if (holdsBytes(messages)) failed.push(`${entry.id} holds bytes`);
    const parts = (messages as readonly { readonly parts: readonly { readonly type: string; readonly name?: string }[] }[]).flatMap((message) => message.parts);
    if (parts.length > 0) answers++;
    const called = parts.filter(({ type }) => type === 'tool_call').length;
    if (called < (entry.expected.tool_calls ?? []).filter((name) => name !== '').length) failed.push(`${entry.id} lost a tool call`);
  }
  expect(failed).toEqual([]);
  expect(answers).toBeGreaterThan(600);
});
