import { randomBytes } from 'node:crypto';

const NAME = /^(\d{4}-\d{2}-\d{2})\.\d+\.[0-9a-f]{8}\.\d+\.jsonl$/;
const SUMS = /^(\d{4}-\d{2}-\d{2})\.sums\.json(?:\.\d+\.next)?$/;

/** The day of a moment in UTC, as `YYYY-MM-DD`. */
export const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

/** Tells the processes of a folder apart, also after a pid has come round. */
export const segmentOwner = (): string => `${process.pid}.${randomBytes(4).toString('hex')}`;

/** The name of a file of the ledger: the day on which its calls ended, its process, and how many came before it. */
export const segmentName = (day: string, owner: string, number: number): string => `${day}.${owner}.${number}.jsonl`;

/** The day in the name of a file of calls, or `undefined` when it is none. */
export const segmentDay = (file: string): string | undefined => NAME.exec(file)?.[1];

/** The name of the file that says what the calls of a day came to. */
export const sumsName = (day: string): string => `${day}.sums.json`;

/** The day in the name of any file of the ledger that belongs to one, or `undefined` when it is none of the ledger's. */
export const dayOfFile = (file: string): string | undefined => segmentDay(file) ?? SUMS.exec(file)?.[1];
