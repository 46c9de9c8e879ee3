import type { Dice } from './dice.ts';
import { type Api, type Form, isOlder } from './operations.ts';

/** Which of the standard's freedoms a client takes: ends of lines, and others, each by its name in the local provider's README. */
interface Freedoms {
  readonly lines: readonly string[];
  readonly others: readonly string[];
}

const ALL: Freedoms = {
  lines: ['', 'crlf', 'cr', 'mixed'],
  others: ['mark', 'comments', 'within', 'fields', 'split', 'tight', 'open'],
};

/** Google's SDKs cut at three kinds of blank lines, and know no field but `data`; the older one wants it at the very beginning. */
const GOOGLE: Freedoms = { lines: ['', 'crlf', 'cr'], others: ['mark', 'comments', 'tight'] };
const OLDER: Freedoms = { lines: ['', 'crlf', 'cr'], others: [] };

const freedomsOf = ({ api, sdk, form }: { readonly api: Api; readonly sdk: boolean; readonly form: Form | undefined }): Freedoms => {
  if (!sdk || api !== 'genai') return ALL;
  return isOlder(form) ? OLDER : GOOGLE;
};

/** In which form the events of a stream come, and what is said of it; of a whole, what is said of it to a client that does not look. */
export const framingOf = (
  call: { readonly api: Api; readonly sdk: boolean; readonly form: Form | undefined; readonly stream: boolean },
  dice: Dice,
): Record<string, string> => {
  const isOdd = dice.odds(0.35);
  const { lines, others } = freedomsOf(call);
  const names = [dice.one(lines), ...others.filter(() => dice.odds(0.25))].filter((name) => name !== '');
  const type = dice.one(['upper', 'none', 'plain', '', '', '', '']);
  if (!call.stream) return type === 'upper' && !call.sdk ? { type } : {};
  return { ...(isOdd && names.length > 0 ? { framing: names.join(',') } : {}), ...(type === '' || (type !== 'upper' && !isEvents(call)) ? {} : { type }) };
};

/** Whether its stream is one of events in any case: of Gemini's it is a JSON array unless it is asked for otherwise. */
const isEvents = ({ api, sdk }: { readonly api: Api; readonly sdk: boolean }): boolean => sdk || api !== 'genai';
