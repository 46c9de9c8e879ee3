import { inPlace, type Place } from './compare.ts';

/** One thing that must hold for an app that is started with us. */
export interface Case {
  readonly name: string;
  /** Whether it is quick enough to run with the unit tests. */
  readonly quick?: boolean;
  /** Why it cannot run here; `undefined` when it can. */
  readonly missing?: () => string | undefined;
  /** Gives what is wrong; nothing when it holds. */
  readonly run: (place: Place) => Promise<readonly string[]>;
}

/** Runs a case with a provider and a receiver of its own. */
export const runCase = ({ run }: Case): Promise<readonly string[]> => inPlace(run);

/** Says what is wrong with the spans that came: their number, and how many of them were abandoned. */
export const wrongSpans = ({ receiver }: Place, wanted: number, abandoned = 0): string[] => {
  const { spans } = receiver;
  const wrong: string[] = [];
  if (spans.length !== wanted) wrong.push(`${spans.length} spans instead of ${wanted}`);
  const left = spans.filter(({ attributes }) => attributes['purser.outcome'] === 'abandoned').length;
  if (left !== abandoned)
    wrong.push(`${left} abandoned calls instead of ${abandoned}: ${spans.map(({ attributes }) => String(attributes['purser.outcome'])).join(', ')}`);
  if (new Set(spans.map(({ spanId }) => spanId)).size !== spans.length) wrong.push('a span came twice');
  return wrong;
};
