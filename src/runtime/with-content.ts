import { guard } from '../base/diag.ts';
import type { Content, Outcome } from '../call/outcome.ts';
import type { Stations } from './stations.ts';

/** An outcome with what was asked and answered, as far as the owner has it recorded. */
export const withContent = (
  { captureContent, keepsContent }: Pick<Stations, 'captureContent' | 'keepsContent'>,
  ask: () => Content | undefined,
  outcome: Outcome,
): Outcome => {
  if (!captureContent) return outcome;
  const { content, ...response } = outcome.response;
  if (!keepsContent(outcome.kind === 'failed')) return { ...outcome, response };
  const asked = guard('content', ask) ?? {};
  return { ...outcome, response: { ...response, content: { ...asked, ...content } } };
};
