import { notice } from '../base/diag.ts';
import { MAX_SECRETS } from '../redaction/engine/own-secrets.ts';
import { createRedactor, type ExplainingRedactor } from '../redaction/redactor.ts';
import type { RedactionSettings } from '../redaction/settings.ts';

/** A redactor whose settings change while the process runs. */
export interface LiveRedactor extends ExplainingRedactor {
  /** Puts other settings in force; where they cannot be used the last good ones stay. What was learnt is not forgotten. */
  reload(settings: RedactionSettings): void;
}

const made = (settings: RedactionSettings): ExplainingRedactor | undefined => {
  try {
    return createRedactor(settings);
  } catch (error) {
    notice('redaction.settings', error instanceof Error ? error.message : 'the settings of redaction cannot be used');
    return undefined;
  }
};

/** Makes a redactor. Never throws: a pattern of the owner's that cannot be used leaves all of theirs out. @param onLearnt told of each secret that is kept, once */
export const createLiveRedactor = (settings: RedactionSettings, onLearnt: (secret: string) => void = () => undefined): LiveRedactor => {
  const learnt = new Set<string>();
  let current = made(settings) ?? createRedactor({ ...settings, patterns: [] });
  let before = 0;
  return {
    text: (value, place) => current.text(value, place),
    value: (value, key, place) => current.value(value, key, place),
    learnSecret(secret) {
      if (learnt.has(secret)) return;
      // An app may call with a key for each of its users: no more are kept than are searched for.
      if (learnt.size < MAX_SECRETS) {
        onLearnt(secret);
        learnt.add(secret);
      }
      current.learnSecret(secret);
    },
    find: (text) => current.find(text),
    explain: (text) => current.explain(text),
    generation: () => before + current.generation(),
    reload(next) {
      const redactor = made(next);
      if (redactor === undefined) return;
      for (const secret of learnt) redactor.learnSecret(secret);
      before += current.generation() + 1;
      current = redactor;
    },
  };
};
