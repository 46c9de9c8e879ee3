import type { Clock } from '../base/clock.ts';
import { loadNow } from '../base/load.ts';
import type { Meter } from '../call/event.ts';
import type { Redactor } from '../call/redactor.ts';
import type { Config } from '../config/config.ts';
import type * as FingerprintModule from '../ledger/key-fingerprint.ts';
import type * as LedgerModule from '../ledger/ledger.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** Opens the ledger that is configured; nothing of it is loaded while there is none. */
export const createLedger = ({ ledger }: Config, redactor: Redactor, meter: Meter, clock: Clock): readonly Ledger[] => {
  const { path, retentionMs } = ledger;
  if (path === undefined) return [];
  const module = loadNow<typeof LedgerModule>('ledger/ledger');
  return [module.createLedger({ directory: path, retentionMs, clock, meter, clean: (text) => redactor.text(text, 'label') })];
};

/** Gives what tells API keys apart in the ledger; nothing while there is none. */
export const createFingerprint = ({ ledger: { path } }: Config): ((key: string) => string | undefined) | undefined => {
  if (path === undefined) return undefined;
  let made: ((key: string) => string | undefined) | undefined;
  return (key) => {
    made ??= loadNow<typeof FingerprintModule>('ledger/key-fingerprint').keyFingerprint(path);
    return made(key);
  };
};
