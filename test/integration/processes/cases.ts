import type { Case } from './case.ts';
import { ENDS } from './ends.ts';

/** Every case. */
export const CASES: readonly Case[] = [...ENDS];
