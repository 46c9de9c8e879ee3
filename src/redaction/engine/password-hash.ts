import type { HitList } from './hits.ts';
import type { Subject } from './subject.ts';

/**
 * Hashes of passwords as programs store them: bcrypt, the crypt of Unix, Argon2, scrypt, and tickets of Kerberos.
 * @source https://passlib.readthedocs.io/en/stable/modular_crypt_format.html, https://github.com/P-H-C/phc-string-format
 */
const HASH =
  /\$(?:2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}|(?:apr1|[156])\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{22,86}|(?:y|gy|7)\$[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{43}|[89]\$[./A-Za-z0-9]{14}\$[./A-Za-z0-9]{43}|(?:argon2(?:id|i|d)|scrypt|pbkdf2-sha\d{1,3})\$[\w=,.$+/-]{40,300}|krb5(?:asrep|tgs|pa)\$\d{1,2}\$[\w@.:$*/-]{40,4000})/y;

const KINDS = new Uint8Array(128);
for (const char of '1256789asgpky') KINDS[char.charCodeAt(0)] = 1;

/** Finds hashes of passwords: who has one can try words against it. */
export const passwordHashes = ({ text }: Subject, list: HitList): void => {
  for (let at = text.indexOf('$'); at >= 0; at = text.indexOf('$', at + 1)) {
    // Code is full of dollar signs.
    if (KINDS[text.charCodeAt(at + 1)] !== 1) continue;
    list.tick();
    HASH.lastIndex = at;
    if (!HASH.test(text)) continue;
    list.add('password-hash', at, HASH.lastIndex, 'the hash of a password');
    at = HASH.lastIndex - 1;
  }
};
