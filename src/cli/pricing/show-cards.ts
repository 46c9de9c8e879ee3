import type { CardData, Ratio, RateSet } from '../../pricing/table/price-table.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

const clock = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

const whenOf = ({ from, to, utc, days }: CardData): string =>
  [
    from === undefined ? 'always' : `from ${from}`,
    to === undefined ? '' : `until ${to}`,
    utc === undefined ? '' : utc.map(([start, end]) => `${clock(start)}-${clock(end)} UTC`).join(' and '),
    days === undefined ? '' : days.map((day) => DAYS[day] ?? '').join(' '),
  ]
    .filter((part) => part !== '')
    .join(', ');

const PIECES: ReadonlySet<string> = new Set(['web', 'ground', 'code', 'file', 'img', 'req']);

const money = (key: string, rate: number | null): string => {
  if (rate === null) return `${key} unknown`;
  return PIECES.has(key) ? `${key} $${rate / 1e12}` : `${key} $${rate / 1e6}/M`;
};

const ratesOf = (rates: RateSet): string =>
  Object.entries(rates)
    .map(([key, rate]) => money(key, rate))
    .join(', ');

const factor = ([numerator, denominator]: Ratio): string => (denominator === 1 ? `x ${numerator}` : `x ${numerator}/${denominator}`);

const factorsOf = (card: CardData): string =>
  Object.entries(card.x ?? {})
    .map(([key, ratio]) => `${key} ${factor(ratio)}`)
    .join(', ');

const showCard = (card: CardData): readonly string[] => [
  `  ${whenOf(card)}: ${ratesOf(card.r)}`,
  ...(card.over === undefined ? [] : [`    over ${card.over.n} prompt tokens: ${ratesOf(card.over.r)}`]),
  ...(card.x === undefined || Object.keys(card.x).length === 0 ? [] : [`    on all tokens: ${factorsOf(card)}`]),
];

/** Lists the cards of a model as the table holds them, past and scheduled ones too. */
export const showCards = (cards: readonly CardData[]): readonly string[] => (cards.length === 0 ? [] : ['cards:', ...cards.flatMap(showCard)]);
