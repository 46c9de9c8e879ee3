import type { Case } from './case.ts';
import { ENDS } from './ends.ts';
import { FAMILIES } from './families.ts';
import { FREEZES } from './freeze.ts';
import { SWITCHES } from './switches.ts';

/** Every case. */
export const CASES: readonly Case[] = [...ENDS, ...FAMILIES, ...FREEZES, ...SWITCHES];
