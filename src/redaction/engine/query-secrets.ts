import type { HitList } from './hits.ts';
import { shapeOf } from './randomness.ts';
import type { Subject } from './subject.ts';

// Names by which services take keys and signatures in an address.
const NAMED =
  /[?&;](?:(key|token|code|auth|session|sid|sig|state|ticket|nonce)|(?:[\w.-]{0,24}[_-])?(?:api[_-]?key|apikey|api[_-]?token|access[_-]?token|auth[_-]?token|id[_-]?token|refresh[_-]?token|session[_-]?token|client[_-]?secret|secret|password|passwd|pwd|pass|signature|credential|security-token|awsaccesskeyid|jwt|hmac|sas|access[_-]?key|secret[_-]?key|subscription[_-]?key|app[_-]?key|appid|private[_-]?key))=([^&\s"'<>#\\`;]{4,4096})/gi;
const PLACEHOLDER = /your|example|placeholder|x{4}|\*{3}|\.{3}|\$\{|[{}<>[\]]|^REDACTED|^%[sd]/i;
const UNSURE_LENGTH = 8;

/** Finds the values of query parameters that are secret by their name. */
export const querySecrets = ({ text }: Subject, list: HitList): void => {
  if (!text.includes('=')) return;
  NAMED.lastIndex = 0;
  for (let match = NAMED.exec(text); match !== null; match = NAMED.exec(text)) {
    list.tick();
    const value = match[2] ?? '';
    const start = match.index + match[0].length - value.length;
    if (PLACEHOLDER.test(value)) continue;
    if (match[1] !== undefined) {
      // "key", "code" and the like are names of much else.
      const shape = shapeOf(value, 0, value.length);
      if (value.length < UNSURE_LENGTH || shape.digits === 0 || shape.letters === 0 || shape.surprise < 2.8) continue;
    }
    list.add('url-query', start, start + value.length, 'a query parameter that is secret by its name');
  }
};
