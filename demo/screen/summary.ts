import type { Books } from '../books/books.ts';
import type { Finding } from '../books/finding.ts';
import type { Tally } from '../books/tally.ts';
import { tallyBy, tallyOf } from '../books/tally.ts';
import { textOf } from '../otlp/decode.ts';
import type { Column } from './columns.ts';
import { heads, line } from './columns.ts';
import { budgetName, budgetStates } from './footer.ts';
import { bar, duration, fit, short, usd, whole } from './format.ts';
import type { Paint } from './paint.ts';

const WIDTH = 98;

const MODEL_COLUMNS: readonly Column[] = [
  { head: 'model', width: 26, align: 'left' },
  { head: 'calls', width: 5, align: 'right' },
  { head: 'in', width: 8, align: 'right' },
  { head: 'cached', width: 8, align: 'right' },
  { head: 'out', width: 7, align: 'right' },
  { head: 'reasoning', width: 9, align: 'right' },
  { head: 'cost', width: 9, align: 'right' },
  { head: '', width: 17, align: 'left' },
];

const FEATURE_COLUMNS: readonly Column[] = [
  { head: 'feature', width: 26, align: 'left' },
  { head: 'calls', width: 5, align: 'right' },
  { head: 'not ok', width: 8, align: 'right' },
  { head: 'p50', width: 8, align: 'right' },
  { head: 'p95', width: 7, align: 'right' },
  { head: 'ttft p50', width: 9, align: 'right' },
  { head: 'cost', width: 9, align: 'right' },
  { head: '', width: 17, align: 'left' },
];

const title = (text: string, paint: Paint): string => `\n ${paint.bold(text)} ${paint.dim('─'.repeat(Math.max(0, WIDTH - text.length - 1)))}`;

const cost = (tally: Tally): string => (tally.costUsd === 0 && tally.unpriced > 0 ? 'unpriced' : usd(tally.costUsd));

const share = (tally: Tally, all: Tally, paint: Paint) => ({ text: all.costUsd === 0 ? '' : bar(tally.costUsd / all.costUsd, 12), paint: paint.dim });

const modelLine = (tally: Tally, all: Tally, paint: Paint): string =>
  line(MODEL_COLUMNS, [
    tally.name,
    whole(tally.calls),
    short(tally.input),
    short(tally.cached),
    short(tally.output),
    short(tally.reasoning),
    cost(tally),
    share(tally, all, paint),
  ]);

const featureLine = (tally: Tally, all: Tally, paint: Paint): string =>
  line(FEATURE_COLUMNS, [
    tally.name === '' ? '(none)' : tally.name,
    whole(tally.calls),
    { text: whole(tally.unwell), ...(tally.unwell > 0 ? { paint: paint.warn } : { paint: paint.dim }) },
    duration(tally.p50Ms),
    duration(tally.p95Ms),
    duration(tally.firstChunkP50Ms),
    cost(tally),
    share(tally, all, paint),
  ]);

const MOST = 14;

const rest = (tallies: readonly Tally[], paint: Paint): readonly string[] =>
  tallies.length > MOST ? [paint.dim(` and ${tallies.length - MOST} more, ${usd(tallies.slice(MOST).reduce((sum, t) => sum + t.costUsd, 0))}`)] : [];

const spend = (books: Books, paint: Paint): readonly string[] => {
  const all = tallyOf('all', books.calls);
  const models = tallyBy(books.calls, (call) => call.responseModel ?? call.requestModel);
  const features = tallyBy(books.calls, (call) => call.feature);
  return [
    title('Spend by model', paint),
    heads(MODEL_COLUMNS, paint.dim),
    ...models.slice(0, MOST).map((tally) => modelLine(tally, all, paint)),
    ...rest(models, paint),
    title('Spend and speed by feature', paint),
    heads(FEATURE_COLUMNS, paint.dim),
    ...features.slice(0, MOST).map((tally) => featureLine(tally, all, paint)),
    featureLine(all, all, paint),
  ];
};

const pairs = (items: readonly (readonly [name: string, value: number])[]): string =>
  [...items]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST)
    .map(([name, value]) => `${name} ×${value}`)
    .join(', ') + (items.length > MOST ? ` and ${items.length - MOST} more` : '');

const grouped = (books: Books, metric: string, by: string): readonly (readonly [string, number])[] => {
  const sums = new Map<string, number>();
  for (const { attributes, value } of books.values(metric)) {
    if (value > 0) sums.set(textOf(attributes[by]), (sums.get(textOf(attributes[by])) ?? 0) + value);
  }
  return [...sums];
};

const wrap = (label: string, text: string, paint: Paint): readonly string[] => {
  const room = WIDTH - 19;
  const lines: string[] = [];
  let now = '';
  for (const word of text.split(' ')) {
    if (now !== '' && now.length + word.length + 1 > room) {
      lines.push(now);
      now = word;
    } else now = now === '' ? word : `${now} ${word}`;
  }
  lines.push(now);
  return lines.map((part, i) => ` ${paint.dim((i === 0 ? label : '').padEnd(18))} ${part}`);
};

const NONE = 'none';

const governance = (books: Books, paint: Paint): readonly string[] => {
  const redactions = grouped(books, 'purser.redactions', 'purser.detector');
  const keys = books.sum('purser.keys_in_prompts');
  const unpriced = books.calls.filter((call) => call.costUsd === undefined && call.unpricedReason !== undefined && call.outcome === 'completed');
  const lines = [title('Cleaned, kept, refused', paint)];
  lines.push(...wrap('redacted', redactions.length === 0 ? NONE : pairs(redactions), paint));
  if (keys > 0) lines.push(...wrap('keys in prompts', `${keys} ${keys === 1 ? 'call' : 'calls'} carried a credential in the prompt`, paint));
  for (const budget of budgetStates(books)) {
    const used = budget.spent / budget.limit;
    const ink = used >= 1 ? paint.bad : used >= 0.8 ? paint.warn : paint.good;
    lines.push(` ${paint.dim('budget'.padEnd(18))} ${fit(budget.name, 40).padEnd(41)}${ink(bar(used, 12))} ${usd(budget.spent)} of ${usd(budget.limit)}`);
  }
  for (const alert of alerts(books)) lines.push(...wrap('alert', alert, paint));
  const blocked = books.calls.filter((call) => call.outcome === 'blocked');
  if (blocked.length > 0) lines.push(...wrap('refused', pairs(timesEach(blocked.map((call) => call.blockedRule ?? 'a policy'))), paint));
  lines.push(
    ...wrap('unpriced calls', unpriced.length === 0 ? NONE : pairs(timesEach(unpriced.map((call) => `${call.requestModel} (${call.unpricedReason})`))), paint),
  );
  return lines;
};

const timesEach = (names: readonly string[]): readonly (readonly [string, number])[] => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts];
};

/** The sentences of the alerts that fired: of each budget the one with its highest threshold. */
export const alerts = (books: Books): readonly string[] => {
  const highest = new Map<string, { readonly threshold: number; readonly text: string }>();
  for (const { name, text, attributes } of books.events) {
    if (!name.startsWith('purser.budget.threshold')) continue;
    const threshold = Number.parseFloat(textOf(attributes['purser.budget.threshold']));
    const budget = budgetName(attributes);
    if (threshold >= (highest.get(budget)?.threshold ?? 0)) highest.set(budget, { threshold, text });
  }
  return [...highest.values()].map(({ text }) => text);
};

const WHERE_NEXT: readonly (readonly [string, string])[] = [
  ['your own service', 'npm install purser   then   node --require purser/register app.js'],
  ['set-up, 5 minutes', 'README.md'],
  ['what is emitted', 'docs/TELEMETRY.md, dashboards/'],
  ['this demo', 'demo/purser.config.yaml is all the set-up that the service has'],
];

const findingLines = (finding: Finding, paint: Paint): readonly string[] => [
  ` ${finding.holds ? paint.good('✓') : paint.bad('✗')} ${finding.claim}`,
  `   ${paint.dim(fit(finding.evidence, WIDTH - 3))}`,
  ...finding.against.map((against) => `   ${paint.bad(fit(against, WIDTH - 3))}`),
];

/** Sets the summary at the end of a run. */
export const summary = (books: Books, findings: readonly Finding[], paint: Paint): string => {
  const lines = [
    ...spend(books, paint),
    ...governance(books, paint),
    title('Accounted for', paint),
    ...findings.flatMap((finding) => findingLines(finding, paint)),
    title('Where to look next', paint),
    ...WHERE_NEXT.map(([label, text]) => ` ${paint.dim(label.padEnd(18))} ${text}`),
  ];
  return `${lines.join('\n')}\n`;
};
