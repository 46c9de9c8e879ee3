import type { HitList } from './hits.ts';
import { isPlaceholder } from './password-test.ts';
import type { Subject } from './subject.ts';

/** @source https://dev.mysql.com/doc/refman/8.4/en/create-user.html, https://docs.oracle.com/en/database/oracle/oracle-database/23/sqlrf/CREATE-USER.html */
const IDENTIFIED = /\bIDENTIFIED(?: WITH ["']?\w{1,40}["']?)? (?:BY|AS)(?: PASSWORD)? (?:\\?["']([^"'\\\n]{4,200})|([^\s"';\\)]{6,200}))/g;

// The name of a variable or of a parameter.
const VARIABLE = /^[$:@?%]/;

/** Finds the passwords that statements of SQL give to their users. */
export const sqlPasswords = ({ text }: Subject, list: HitList): void => {
  IDENTIFIED.lastIndex = 0;
  for (let match = IDENTIFIED.exec(text); match !== null; match = IDENTIFIED.exec(text)) {
    list.tick();
    const value = match[1] ?? match[2] ?? '';
    if (!isPlaceholder(value) && !VARIABLE.test(value))
      list.add('password', IDENTIFIED.lastIndex - value.length, IDENTIFIED.lastIndex, 'the password of a user in SQL');
  }
};
