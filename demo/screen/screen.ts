import type { Books } from '../books/books.ts';
import type { CallRow } from '../books/call-row.ts';
import { callHeads, callLine } from './call-table.ts';
import { footer } from './footer.ts';
import type { Paint } from './paint.ts';

/** What a screen writes to. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly rows?: number;
  readonly columns?: number;
}

/** Shows calls as they come. */
export interface Screen {
  call(call: CallRow): void;
  /** Brings what moves up to date; nothing on plain output. */
  refresh(): void;
  /** Leaves the last state standing and gives the cursor back. */
  end(): void;
}

const FEWEST_ROWS = 5;
const ROOM_AROUND = 9;
// Without the cursor, and without wrapping: a wrapped line would count as two when the screen is painted again.
const HIDE = '\u001B[?25l\u001B[?7l';
/** What gives a terminal its cursor and its wrapping back. */
export const SHOW_AGAIN = '\u001B[?7h\u001B[?25h';
const CLEAR_DOWN = '\u001B[0J';

/** Writes each call as a line of its own. */
export const plainScreen = (output: Output, paint: Paint): Screen => {
  output.write(`${callHeads(paint)}\n`);
  return { call: (call) => void output.write(`${callLine(call, paint)}\n`), refresh: () => undefined, end: () => undefined };
};

/** Repaints the latest calls and the sums below them in place. */
export const liveScreen = (output: Output, paint: Paint, books: Books): Screen => {
  const latest: CallRow[] = [];
  let painted = 0;
  const room = (): number => Math.max(FEWEST_ROWS, (output.rows ?? 24) - ROOM_AROUND);
  const paintAll = (): void => {
    const rows = latest.slice(-room()).map((call) => callLine(call, paint));
    const lines = [callHeads(paint), ...rows, '', ...footer(books, paint)];
    output.write(`${painted === 0 ? HIDE : `\r\u001B[${painted}A`}${CLEAR_DOWN}${lines.join('\n')}\n`);
    painted = lines.length;
  };
  return {
    call(call) {
      latest.push(call);
      if (latest.length > 200) latest.shift();
      paintAll();
    },
    refresh: paintAll,
    end() {
      paintAll();
      output.write(SHOW_AGAIN);
    },
  };
};
