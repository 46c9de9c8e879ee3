import { guard } from '../base/diag.ts';
import type { CallStart } from '../call/adapter.ts';
import type { Outcome } from '../call/outcome.ts';
import type { Stations } from './stations.ts';

/** An outcome with what was asked and answered, as far as the owner has it recorded. */
export const withContent = (
  { captureContent, keepsContent }: Pick<Stations, 'captureContent' | 'keepsContent'>,
  start: CallStart | undefined,
  outcome: Outcome,
): Outcome => {
  if (!captureContent) return outcome;
  const { content, ...response } = outcome.response;
  if (!keepsContent(outcome.kind === 'failed')) return { ...outcome, response };
  const asked = guard('content', () => start?.content?.()) ?? {};
  return { ...outcome, response: { ...response, content: { ...asked, ...content } } };
};
