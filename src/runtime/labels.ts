import { createHmac, randomBytes } from 'node:crypto';
import { Lru } from '../base/lru.ts';
import { once } from '../base/once.ts';
import type { Labels } from '../call/labels.ts';
import type { Config } from '../config/config.ts';

/** The labels that hold for every call of this process. */
export const processLabels = ({ labels }: Config): Labels => ({
  ...(labels.service === undefined ? {} : { service: labels.service }),
  ...(labels.environment === undefined ? {} : { environment: labels.environment }),
  ...(labels.team === undefined ? {} : { team: labels.team }),
  ...(labels.feature === undefined ? {} : { feature: labels.feature }),
  ...(labels.tenant === undefined ? {} : { tenant: labels.tenant }),
  ...(Object.keys(labels.tags).length === 0 ? {} : { tags: labels.tags }),
});

// One for the life of the process: a reload must not give the same user another hash.
const ownKey = once(() => randomBytes(32).toString('hex'));

/** Gives user ids as they may be shown: themselves, or as a keyed hash that is the same in all processes with the same key. */
export const userIds = ({ labels }: Config): ((id: string) => string) => {
  if (!labels.hashUsers) return (id) => id;
  const key = labels.hashKey ?? ownKey();
  const known = new Lru<string, string>(1000);
  return (id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const hashed = `h_${createHmac('sha256', key).update(id).digest('hex').slice(0, 24)}`;
    known.set(id, hashed);
    return hashed;
  };
};
