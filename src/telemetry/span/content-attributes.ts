import type { ExportValue } from '../../call/export.ts';
import type { Content } from '../../call/outcome.ts';
import { put, type Draft } from './draft.ts';

/** Puts captured content: structured where what carries it can hold structure, else as JSON. */
export const putContent = (draft: Draft, content: Content, structured: boolean): void => {
  const form = (value: unknown): ExportValue | undefined => {
    if (value === undefined || value === null) return undefined;
    return structured ? (value as ExportValue) : JSON.stringify(value);
  };
  put(draft, 'gen_ai.system_instructions', form(content.systemInstructions));
  put(draft, 'gen_ai.input.messages', form(content.inputMessages));
  put(draft, 'gen_ai.output.messages', form(content.outputMessages));
  put(draft, 'gen_ai.tool.definitions', form(content.toolDefinitions));
};
