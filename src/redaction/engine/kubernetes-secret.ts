import type { HitList } from './hits.ts';
import type { Subject } from './subject.ts';

const DATA = /\bdata:[ \t]*(?:\r?\n|\\n)/g;
const MEMBER =
  /(?:[ \t]{0,80}#[^\n]{0,400}\n){0,20}(?:[ \t]|\\t)+((?:[\w.-]{1,80}|"[\w.-]{1,80}"):[ \t]*(?:[|>][-+]?\s{1,20})?["']?[A-Za-z0-9+/]{8,65536}={0,3}["']?)[ \t]*(?:\r?\n|\\n|$)/y;

/** Finds the members of a Kubernetes Secret in a text that says it is one: their values are only base64, not encrypted. */
export const kubernetesSecret = ({ text }: Subject, list: HitList): void => {
  DATA.lastIndex = 0;
  for (let block = DATA.exec(text); block !== null; block = DATA.exec(text)) {
    MEMBER.lastIndex = DATA.lastIndex;
    for (let match = MEMBER.exec(text); match !== null; match = MEMBER.exec(text)) {
      list.tick();
      const start = match.index + match[0].indexOf(match[1] ?? '');
      list.add('kubernetes-secret', start, start + (match[1] ?? '').length, 'a member of a Kubernetes Secret');
      DATA.lastIndex = MEMBER.lastIndex;
    }
  }
};
