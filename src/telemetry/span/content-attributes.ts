import type { ExportValue } from '../../call/export.ts';
import type { Content } from '../../call/outcome.ts';
import type { RecordCleaner } from '../clean-records.ts';
import { put, type Draft } from './draft.ts';

const form = (value: unknown): ExportValue | undefined => (value === null ? undefined : (value as ExportValue | undefined));

/** Puts captured content, in structure and not yet cleaned. */
export const putContent = (draft: Draft, content: Content): void => {
  put(draft, 'gen_ai.system_instructions', form(content.systemInstructions));
  put(draft, 'gen_ai.input.messages', form(content.inputMessages));
  put(draft, 'gen_ai.output.messages', form(content.outputMessages));
  put(draft, 'gen_ai.tool.definitions', form(content.toolDefinitions));
};

/** Gives captured content cleaned and as JSON, for spans of hosts: many of their SDKs drop structure. */
export const contentAsJson = (content: Content, cleaner: RecordCleaner): Draft => {
  const structured: Draft = {};
  putContent(structured, content);
  const clean = cleaner.attributes(structured, 'content');
  return Object.fromEntries(Object.entries(clean).map(([name, value]) => [name, JSON.stringify(value)]));
};
