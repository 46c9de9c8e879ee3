import type { CardData } from '../table/price-table.ts';
import type { Card } from './card.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

const inWindow = (minute: number, [start, end]: readonly [number, number]): boolean =>
  start <= end ? minute >= start && minute < end : minute >= start || minute < end;

/** Whether a card's hours and weekdays hold at a moment; both must. */
const holdsOnTheDay = (data: CardData, atMs: number): boolean => {
  if (data.utc !== undefined) {
    const minute = Math.floor((((atMs % DAY) + DAY) % DAY) / MINUTE);
    if (!data.utc.some((window) => inWindow(minute, window))) return false;
  }
  // The first of January 1970 was a Thursday.
  return data.days === undefined || data.days.includes((((Math.floor(atMs / DAY) + 4) % 7) + 7) % 7);
};

/** Gives the last card of the list that holds at a moment, and the first one for a moment before all of them. */
export const chooseCard = (cards: readonly Card[], atMs: number): { readonly card: Card; readonly inTime: boolean } | undefined => {
  for (let index = cards.length - 1; index >= 0; index--) {
    const card = cards[index];
    if (card !== undefined && atMs >= card.fromMs && atMs < card.toMs && holdsOnTheDay(card.data, atMs)) return { card, inTime: true };
  }
  const first = cards[0];
  return first === undefined ? undefined : { card: first, inTime: false };
};
