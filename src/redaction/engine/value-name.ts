import { type NameBefore, nameBefore } from './name-before.ts';
import { nameBehind } from './name-behind.ts';
import type { Strength } from './secret-value.ts';
import { nameStrength, type NameStrength, strengthBeside } from './secret-words.ts';
import type { Subject } from './subject.ts';
import { nearEnd } from './value-bounds.ts';

// Fly.io sends several tokens in one header.
const FLY = /^flyv1$/i;

// The private members of a JSON Web Key have names of one or two letters. RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1.
const KEY_MEMBER = /^(?:d|p|q|dp|dq|qi|k)$/;
const MAX_KEY = 2000;
const isKeyMember = ({ text }: Subject, { name, joint }: NameBefore, start: number): boolean =>
  joint === 'assigned' && KEY_MEMBER.test(name) && text.slice(Math.max(0, start - MAX_KEY), start + MAX_KEY).includes('"kty"');

const strengthOf = (subject: Subject, context: NameBefore, start: number): NameStrength => {
  if (context.joint === 'scheme') return 'strong';
  if (context.joint === 'beside') return strengthBeside(context.name, context.before);
  return isKeyMember(subject, context, start) ? 'strong' : nameStrength(context.name, context.before);
};

/** What names a value. */
export interface Named {
  /** The name. */
  readonly name: string;
  readonly strength: Strength;
  readonly joint: NameBefore['joint'];
  /** Commas join several tokens into one value. */
  readonly manyTokens: boolean;
}

/** What is known of a run before anything around it is read. */
export interface Around {
  /** It holds a digit. */
  readonly digits: boolean;
  /** It holds a joiner. */
  readonly joined: boolean;
  /** The text closes elements of XML. */
  readonly tags: boolean;
}

/** Tells what names the value around a run: what stands before it, or the element of XML that it ends. */
export const namedBy = (subject: Subject, start: number, runEnd: number, { digits, tags }: Around): Named | undefined => {
  const context = nameBefore(subject, start, digits);
  const strength = context === undefined ? 'none' : strengthOf(subject, context, start);
  if (context !== undefined && strength !== 'none') return { strength, joint: context.joint, manyTokens: FLY.test(context.name), name: context.name };
  const element = digits && tags ? nameBehind(subject, nearEnd(subject, runEnd)) : '';
  const behind = element === '' ? 'none' : nameStrength(element);
  return behind === 'none' ? undefined : { strength: behind, joint: 'assigned', manyTokens: false, name: element };
};
