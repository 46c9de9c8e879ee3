import { randomBytes } from 'node:crypto';

const NAME = /^(\d{4}-\d{2}-\d{2})\.\d+\.[0-9a-f]{8}\.\d+\.jsonl$/;

/** The day of a moment in UTC, as `YYYY-MM-DD`. */
export const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

/** Tells the processes of a folder apart, also after a pid has come round. */
export const segmentOwner = (): string => `${process.pid}.${randomBytes(4).toString('hex')}`;

/** The name of a file of the ledger: the day on which its calls ended, its process, and how many came before it. */
export const segmentName = (day: string, owner: string, number: number): string => `${day}.${owner}.${number}.jsonl`;

/** The day in the name of a file, or `undefined` when it is none of the ledger's. */
export const segmentDay = (file: string): string | undefined => NAME.exec(file)?.[1];
