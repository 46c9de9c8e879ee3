/** What people have checked and the source lacks or has wrong. Each entry says where and when it was read. */
import type { OverlayEntry } from '../overlay-entry.ts';
import { ANTHROPIC } from './anthropic.ts';
import { AZURE } from './azure.ts';
import { BEDROCK } from './bedrock.ts';
import { GOOGLE } from './google.ts';
import { OPENAI } from './openai.ts';
import { OTHERS } from './others.ts';

/** The day on which the whole table was last reviewed; it becomes the table's date. */
export const REVIEWED = '2026-11-20';

export const OVERLAY: readonly OverlayEntry[] = [...OPENAI, ...ANTHROPIC, ...GOOGLE, ...BEDROCK, ...AZURE, ...OTHERS];
