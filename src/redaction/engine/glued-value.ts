import type { HitList } from './hits.ts';
import { isSecretValue } from './secret-value.ts';
import { mayStandBeside, nameStrength } from './secret-words.ts';

const LEAST_GLUED = 36;
const MOST_GLUED = 120;
const GLUED = /^([A-Za-z][\w-]{2,40})[_-]([0-9A-Za-z]{24,64})$/;

/** Notes a run that is the name of a secret and its value in one: `deploy-secret-0f3a…`. */
export const gluedValue = (run: string, start: number, list: HitList): void => {
  if (run.length < LEAST_GLUED || run.length > MOST_GLUED) return;
  const [, name = '', value = ''] = GLUED.exec(run) ?? [];
  const strength = mayStandBeside(name) ? nameStrength(name) : 'none';
  if ((strength === 'strong' || strength === 'password') && isSecretValue(value, strength, true))
    list.add('named-secret', start + run.length - value.length, start + run.length, 'a random value behind the name of a secret, in one word');
};
