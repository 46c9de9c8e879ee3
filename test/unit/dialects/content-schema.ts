import { existsSync, readFileSync } from 'node:fs';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';

const FOLDER = new URL('../../../../shared/data/semconv/schemas/', import.meta.url);

/** Whether the convention's schemas are on this machine. */
export const haveSchemas = existsSync(FOLDER);

const KNOWN = ['text', 'tool_call', 'tool_call_response', 'server_tool_call', 'server_tool_call_response', 'blob', 'file', 'uri', 'reasoning', 'compaction'];

interface Schema {
  readonly $defs?: Record<string, { properties?: Record<string, unknown> }>;
}

// The convention lets a generic part have any type at all, so that a text part without its text passes as one. Here a known type must be whole.
const strict = (schema: Schema): Schema => {
  const type = schema.$defs?.['GenericPart']?.properties;
  if (type !== undefined) type['type'] = { type: 'string', not: { enum: KNOWN } };
  return schema;
};

/** Compiles one of the convention's schemas. */
export const schemaOf = (name: string): ValidateFunction =>
  new Ajv2020({ strict: false, allErrors: true, validateFormats: false }).compile(
    strict(JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as Schema),
  );
