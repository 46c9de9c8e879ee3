import type { LedgerRecord } from '../../../../src/ledger/ledger-record.ts';
import type { BillLine } from '../../../support/local-provider/bill.ts';
import type { PlannedCall } from './planned-call.ts';
import type { Told } from './run-plan.ts';

/** The attributes of a span or of a point. */
export type Attributes = Readonly<Record<string, unknown>>;

/** Takes a sentence that says in what two accounts differ. */
export type Say = (sentence: string) => void;

/** A number among attributes; 0 where there is none. */
export const number = (attributes: Attributes, name: string): number => Number(attributes[name] ?? 0);

/** Adds up. */
export const sum = <T>(list: readonly T[], of: (one: T) => number): number => list.reduce((total, one) => total + of(one), 0);

/** All that is known of one call. */
export interface Case {
  readonly call: PlannedCall;
  readonly told: Told | undefined;
  readonly span: Attributes;
  readonly bill: readonly BillLine[];
  readonly record: LedgerRecord | undefined;
  /** What its own budget was charged, in nano-dollars. */
  readonly charged: number | undefined;
  /** How many requests its own budget counted. */
  readonly asked: number | undefined;
}

/** Whether its only request never came to the provider. */
export const isLost = ({ expected }: PlannedCall, bill: readonly BillLine[]): boolean => expected.perhaps === true && bill.length === 0;
