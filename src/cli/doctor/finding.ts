import type { LoadedConfig } from '../../config/load.ts';
import type { Io } from '../io.ts';

/** How bad a finding is: `broken` keeps something that was asked for from working. */
export type Level = 'good' | 'warning' | 'broken';

/** One thing that the doctor looked at. */
export interface Finding {
  /** The fixed name of the check, such as `exporter`. */
  readonly check: string;
  readonly level: Level;
  /** What was found, in one sentence free of secrets. */
  readonly message: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** What the checks look at. */
export interface Patient {
  readonly io: Io;
  readonly loaded: LoadedConfig;
  /** The version of Node without its `v`. */
  readonly nodeVersion: string;
  readonly nowMs: number;
}

/** Looks at one thing. Never rejects. */
export type Check = (patient: Patient) => readonly Finding[] | Promise<readonly Finding[]>;
