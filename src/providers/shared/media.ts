import type { createHash } from 'node:crypto';
import type { Part } from './content.ts';

type CreateHash = typeof createHash;

const modalityOf = (mimeType: string | undefined): string => {
  const family = mimeType?.slice(0, mimeType.indexOf('/'));
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'document';
};

// Loaded when a blob is first described, which happens only where content is captured.
const sha256 = (text: string): string | undefined => {
  const crypto = process.getBuiltinModule('node:crypto') as { createHash: CreateHash } | undefined;
  return crypto?.createHash('sha256').update(text, 'base64').digest('hex');
};

const sizeOf = (base64: string): number => {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor((base64.length * 3) / 4) - padding);
};

/**
 * Gives a blob part that stands for bytes without carrying them: `content` is empty, `byte_length` and `sha256` (of the decoded bytes) tell
 * which bytes they were.
 */
export const blobPart = (base64: unknown, mimeType: string | undefined, modality?: string): Part => {
  const bytes = typeof base64 === 'string' ? base64 : '';
  const digest = bytes === '' ? undefined : sha256(bytes);
  return {
    type: 'blob',
    modality: modality ?? modalityOf(mimeType),
    ...(mimeType === undefined ? {} : { mime_type: mimeType }),
    content: '',
    byte_length: sizeOf(bytes),
    ...(digest === undefined ? {} : { sha256: digest }),
  };
};

/** Gives a part for an address: a data URL becomes a blob without its bytes, any other a uri. */
export const uriPart = (uri: string, mimeType: string | undefined, modality?: string): Part => {
  if (!uri.startsWith('data:'))
    return { type: 'uri', modality: modality ?? modalityOf(mimeType), ...(mimeType === undefined ? {} : { mime_type: mimeType }), uri };
  const comma = uri.indexOf(',');
  const stated = uri.slice(5, uri.slice(0, 100).search(/[;,]/)) || mimeType;
  return blobPart(uri.slice(comma + 1), stated, modality);
};

/** Gives a part for a file that the provider holds. */
export const filePart = (id: string, modality = 'document'): Part => ({ type: 'file', modality, file_id: id });
