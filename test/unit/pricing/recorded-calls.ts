import type { PriceQuestion } from '../../../src/call/cost.ts';
import { readerOf } from '../../../src/providers/shared/dialects.ts';
import { SseParser } from '../../support/sse-parser.ts';
import { entries, placeOf, type Entry } from '../dialects/recorded.ts';
import { at } from './ask.ts';

export { haveRecordings } from '../dialects/recorded.ts';

const factsOf = (entry: Entry, place: NonNullable<ReturnType<typeof placeOf>>) => {
  const reader = readerOf(place.dialect).response(place.provider, { captureContent: false });
  reader.headers((name) => entry.response.headers[name], entry.response.status);
  if (entry.response.sse_text === undefined) reader.body(entry.response.body);
  else {
    const parser = new SseParser(({ data }) => {
      if (data !== '[DONE]') reader.event(JSON.parse(data));
    });
    parser.push(new TextEncoder().encode(entry.response.sse_text));
    parser.end();
  }
  return reader.facts();
};

/** When the answers were recorded is not known; this is the end of the time in which they were. */
const RECORDED = at('2026-08-01T12:00:00Z');

/** Every recorded call as a question to the pricing station, read as the hooks and the tap read it. */
export const recordedQuestions = (): readonly { readonly id: string; readonly question: PriceQuestion }[] =>
  entries.flatMap((entry) => {
    const place = placeOf(entry);
    if (place === undefined || entry.response.status >= 300) return [];
    try {
      const { response, usage } = factsOf(entry, place);
      const body: unknown = entry.request.body;
      const requested = typeof body === 'object' && body !== null && 'model' in body && typeof body.model === 'string' ? body.model : undefined;
      const context = {
        ...(response.serviceTier === undefined ? {} : { servedTier: response.serviceTier }),
        ...(response.geo === undefined ? {} : { geo: response.geo }),
        ...(response.speed === undefined ? {} : { speed: response.speed }),
      };
      // Hosts were taken out of the recordings; what is left of them is the vendor's name.
      const provider = place.provider.replace(/\.example$/, '');
      return [{ id: entry.id, question: { provider, requestModel: requested, responseModel: response.model, at: RECORDED, usage, context } }];
    } catch {
      return [];
    }
  });
