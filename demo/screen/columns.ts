import { fit } from './format.ts';

/** A column of a table: its head, its width and the side on which its text stands. */
export interface Column {
  readonly head: string;
  readonly width: number;
  readonly align: 'left' | 'right';
}

/** A text of one cell, with a colour that does not count for its width. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** A cell, or its bare text. */
export type CellLike = Cell | string;

const cell = ({ width, align }: Column, content: CellLike): string => {
  const { text, paint } = typeof content === 'string' ? { text: content, paint: undefined } : content;
  const cut = fit(text, width);
  const blank = ' '.repeat(width - cut.length);
  const inked = paint === undefined ? cut : paint(cut);
  return align === 'left' ? inked + blank : blank + inked;
};

/** Sets one line of a table, a blank between the columns and none at its end. */
export const line = (columns: readonly Column[], cells: readonly CellLike[]): string =>
  ` ${columns.map((column, i) => cell(column, cells[i] ?? '')).join(' ')}`.trimEnd();

/** Sets the heads of a table. */
export const heads = (columns: readonly Column[], paint: (text: string) => string): string =>
  line(
    columns,
    columns.map(({ head }) => ({ text: head, paint })),
  );
