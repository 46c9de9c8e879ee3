import type { Clock } from '../base/clock.ts';
import type { Meter } from '../call/event.ts';
import { REDACTION_PLACES } from '../call/redactor.ts';
import type { Config } from '../config/config.ts';
import type { ProcessSecret } from '../config/secrets.ts';
import { compilePattern } from '../redaction/engine/user-patterns.ts';
import type { RedactionSettings, UserPattern } from '../redaction/settings.ts';

const isPattern = (value: unknown): value is UserPattern =>
  typeof value === 'object' && value !== null && typeof (value as UserPattern).name === 'string' && typeof (value as UserPattern).pattern === 'string';

/** One pattern that cannot be used was reported when the config was checked; the others stay. */
const isUsable = (pattern: UserPattern): boolean => {
  try {
    compilePattern(pattern);
    return true;
  } catch {
    return false;
  }
};

/** What the config says of redaction, in the form that its station takes. */
export const redactionSettings = ({ redaction, telemetry }: Config, secrets: readonly ProcessSecret[], meter: Meter, clock: Clock): RedactionSettings => {
  const { mode } = redaction;
  const content = telemetry.content === 'none' ? ('metadata-only' as const) : ('redact' as const);
  const patterns = Array.isArray(redaction.patterns?.value) ? redaction.patterns.value.filter(isPattern).filter(isUsable) : [];
  const on = [...redaction.detectorsOn, ...(redaction.phone ? ['phone'] : []), ...(redaction.ip ? ['ip'] : [])];
  return {
    modes: { ...(mode === 'redact' ? {} : Object.fromEntries(REDACTION_PLACES.map((place) => [place, mode]))), content, ...redaction.modes },
    secrets,
    detectors: { on, off: redaction.detectorsOff },
    patterns,
    ...(redaction.hashKey === undefined ? {} : { hmacKey: redaction.hashKey }),
    maxChars: redaction.maxLength,
    meter,
    clock,
  };
};
