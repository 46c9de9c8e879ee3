import type { Case } from './case.ts';
import { ATTEMPTS } from './attempts.ts';
import { CLOSINGS } from './closings.ts';
import { CONTENTS } from './content.ts';
import { ENDS } from './ends.ts';
import { FAMILIES } from './families.ts';
import { FREEZES } from './freeze.ts';
import { GENAI } from './genai.ts';
import { HEALTH } from './health.ts';
import { LABELLED } from './labels.ts';
import { RELOADS } from './reload.ts';
import { RUNS } from './runners.ts';
import { SDKS } from './sdk.ts';
import { SWITCHES } from './switches.ts';

/** Every case. */
export const CASES: readonly Case[] = [
  ...ENDS,
  ...CLOSINGS,
  ...FAMILIES,
  ...FREEZES,
  ...RUNS,
  ...SDKS,
  ...SWITCHES,
  ...RELOADS,
  ...LABELLED,
  ...HEALTH,
  ...CONTENTS,
  ...ATTEMPTS,
  ...GENAI,
];
