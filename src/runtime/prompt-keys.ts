import { guard } from '../base/diag.ts';
import type { Call } from '../call/call.ts';
import type { Meter } from '../call/event.ts';
import type { Redactor } from '../call/redactor.ts';
import { DETECTORS } from '../redaction/detectors/detector-table.ts';

/** Longer prompts are looked at in their first part only, so that the search stays short. */
const LONGEST = 65_536;

/** The detectors of keys and other credentials, as against those of personal data. */
export const CREDENTIALS: ReadonlySet<string> = new Set(DETECTORS.filter(({ group }) => group === 'key' || group === 'own').map(({ name }) => name));

/** Counts a call whose prompt holds a key or another credential, by detector. Only counted: the prompt itself goes nowhere. */
export const countKeysInPrompt = ({ provider, request }: Call, prompt: () => string, redactor: Redactor, meter: Meter): void => {
  guard('prompt_keys', () => {
    const found = redactor.find(prompt().slice(0, LONGEST));
    if (found.length === 0) return;
    for (const detector of new Set(found.map((finding) => finding.detector))) {
      if (!CREDENTIALS.has(detector)) continue;
      meter.add('purser.keys_in_prompts', 1, {
        'gen_ai.provider.name': provider,
        ...(request.model === undefined ? {} : { 'gen_ai.request.model': request.model }),
        'purser.detector': detector,
      });
    }
  });
};
