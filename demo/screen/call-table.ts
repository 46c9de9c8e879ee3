import type { CallRow } from '../books/call-row.ts';
import type { Cell, Column } from './columns.ts';
import { heads, line } from './columns.ts';
import { duration, usd, whole } from './format.ts';
import type { Paint } from './paint.ts';

const COLUMNS: readonly Column[] = [
  { head: 'feature', width: 9, align: 'left' },
  { head: 'provider', width: 10, align: 'left' },
  { head: 'model', width: 22, align: 'left' },
  { head: 'in', width: 6, align: 'right' },
  { head: 'cached', width: 6, align: 'right' },
  { head: 'out', width: 6, align: 'right' },
  { head: 'cost', width: 9, align: 'right' },
  { head: 'ttft', width: 5, align: 'right' },
  { head: 'time', width: 5, align: 'right' },
  { head: 'status', width: 12, align: 'left' },
];

// The day in a model's name says little in a list of calls; the summary has it.
const DAY = /-\d{4}-?\d{2}-?\d{2}$/;

/** How a call ended, in a word or two. */
export const statusOf = (call: CallRow, paint: Paint): Cell => {
  switch (call.outcome) {
    case 'completed':
      return call.attempts > 1 ? { text: `ok, try ${call.attempts}`, paint: paint.warn } : { text: 'ok', paint: paint.good };
    case 'blocked':
      return { text: 'over budget', paint: paint.bad };
    case 'cancelled':
    case 'abandoned':
      return { text: call.outcome, paint: paint.warn };
    default:
      return { text: call.errorType ?? call.outcome, paint: paint.bad };
  }
};

const costOf = (call: CallRow, paint: Paint): Cell =>
  call.costUsd === undefined
    ? { text: call.unpricedReason === undefined || call.input === undefined ? '-' : 'unpriced', paint: paint.dim }
    : { text: usd(call.costUsd) };

const quiet = (value: number, paint: Paint): Cell => (value === 0 ? { text: '-', paint: paint.dim } : { text: whole(value) });

/** Sets the line of one call. */
export const callLine = (call: CallRow, paint: Paint): string =>
  line(COLUMNS, [
    call.feature,
    call.provider,
    (call.responseModel ?? call.requestModel).replace(DAY, ''),
    whole(call.input),
    quiet(call.cached, paint),
    whole(call.output),
    costOf(call, paint),
    { text: duration(call.firstChunkMs), ...(call.firstChunkMs === undefined ? { paint: paint.dim } : {}) },
    duration(call.durationMs),
    statusOf(call, paint),
  ]);

/** Sets the heads of the calls' table. */
export const callHeads = (paint: Paint): string => heads(COLUMNS, paint.dim);
