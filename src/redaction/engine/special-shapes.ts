import { classAt, TOKEN } from './char-class.ts';
import type { HitList } from './hits.ts';
import type { Subject } from './subject.ts';

const DOT = 46;
const COLON = 58;
const DOLLAR = 36;
const tokenEnd = (subject: Subject, from: number): number => {
  let at = from;
  while ((classAt(subject.bytes, at) & TOKEN) !== 0) at++;
  return at;
};

/** A JSON Web Token: two or more parts of base64url, the first of which opens a JSON object. */
const jwt = (subject: Subject, start: number, end: number, list: HitList): boolean => {
  const { text, bytes } = subject;
  if (bytes[end] !== DOT || end - start < 10 || !text.startsWith('eyJ', start)) return false;
  const second = tokenEnd(subject, end + 1);
  const third = bytes[second] === DOT ? tokenEnd(subject, second + 1) : second;
  const payload = text.startsWith('ey', end + 1) && second - end > 10;
  if (!payload && third - second < 10) return false;
  let last = third;
  // Encrypted tokens have five parts.
  for (let parts = 0; parts < 2 && bytes[last] === DOT && tokenEnd(subject, last + 1) > last + 1; parts++) last = tokenEnd(subject, last + 1);
  list.add('jwt', start, last, 'JSON Web Token');
  return true;
};

interface Shape {
  readonly detector: string;
  readonly title: string;
  readonly source: string;
  readonly least: number;
  readonly most: number;
  /** Must match the run as a whole. */
  readonly run: RegExp;
  /** Must match what stands directly before the run; it becomes part of the finding. */
  readonly behind?: RegExp;
  /** A character that must stand directly before the run, tested first. */
  readonly behindByte?: number;
}

/** Keys that are known by their whole shape, since no fixed letters begin them. */
export const SHAPES: readonly Shape[] = [
  {
    detector: 'azure-key',
    title: 'Azure key with a signature of its service',
    source: 'https://github.com/microsoft/security-utilities (1.4.22, MIT)',
    least: 76,
    most: 120,
    run: /JQQJ9[9D][A-Za-z0-9]{8}|AZDO[A-Za-z0-9]{4}$/,
  },
  {
    detector: 'atlassian-token',
    title: 'Jira or Confluence personal access token',
    source: 'https://confluence.atlassian.com/enterprise/using-personal-access-tokens-1026032365.html',
    least: 30,
    most: 60,
    // In base64: twelve digits, a colon, and random bytes.
    run: /^(?:[MNO][DTjz][AEIMQUYcgk][w-z0-5]){4}O[g-v][A-Za-z0-9]+$/,
  },
  {
    detector: 'mailgun-key',
    title: 'Mailgun key',
    source: 'https://documentation.mailgun.com/docs/mailgun/api-reference/authentication/',
    least: 50,
    most: 50,
    run: /^[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}$/,
  },
  {
    detector: 'discord-token',
    title: 'Discord bot token',
    source: 'https://discord.com/developers/docs/reference#authentication',
    least: 27,
    most: 40,
    run: /^(?=.*\d)[\w-]+$/,
    // The id of the bot in base64, and the time of the token.
    behind: /(?<![\w.-])[MNO][A-Za-z0-9]{22,27}\.[\w-]{6,7}\.$/,
    behindByte: DOT,
  },
  {
    detector: 'zhipu-key',
    title: 'Zhipu key',
    source: 'https://docs.bigmodel.cn/cn/api/introduction',
    least: 16,
    most: 16,
    run: /^(?=.*\d)(?=.*[A-Z])[A-Za-z0-9]+$/,
    behind: /(?<![\w.-])[0-9a-f]{32}\.$/,
    behindByte: DOT,
  },
  {
    detector: 'fal-key',
    title: 'fal key',
    source: 'https://docs.fal.ai/authentication/key-based',
    least: 32,
    most: 32,
    run: /^[0-9a-f]+$/,
    behind: /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:$/,
    behindByte: COLON,
  },
  {
    detector: 'firebase-server-key',
    title: 'Firebase Cloud Messaging key or device token',
    source: 'https://firebase.google.com/docs/cloud-messaging/concept-options',
    least: 100,
    most: 220,
    run: /^APA91b[\w-]+$/,
    behind: /(?<![\w-])[\w-]{11,24}:$/,
    behindByte: COLON,
  },
  {
    detector: 'braintree-token',
    title: 'Braintree access token',
    source: 'https://developer.paypal.com/braintree/docs/guides/extend/oauth/access-tokens',
    least: 32,
    most: 32,
    run: /^[0-9a-f]+$/,
    behind: /\baccess_token\$(?:production|sandbox)\$[a-z0-9]{16}\$$/,
    behindByte: DOLLAR,
  },
  {
    detector: 'maxmind-key',
    title: 'MaxMind license key',
    source: 'https://dev.maxmind.com/license-key/validation-api/',
    least: 38,
    most: 42,
    run: /^[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk$/,
  },
  {
    detector: 'mailchimp-key',
    title: 'Mailchimp key',
    source: 'https://mailchimp.com/developer/marketing/guides/quick-start/',
    least: 36,
    most: 37,
    run: /^[0-9a-f]{32}-us\d{1,2}$/,
  },
  {
    detector: 'telegram-token',
    title: 'Telegram bot token',
    source: 'https://core.telegram.org/bots/api#authorizing-your-bot',
    least: 34,
    most: 40,
    run: /^A[\w-]{33,}$/,
    behind: /\b\d{5,16}:$/,
    behindByte: COLON,
  },
  {
    detector: 'facebook-token',
    title: 'Facebook app token',
    source: 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens',
    least: 26,
    most: 42,
    run: /^[\w-]+$/,
    behind: /\b\d{15,16}\|$/,
    behindByte: 124,
  },
  {
    detector: 'terraform-token',
    title: 'HCP Terraform token',
    source: 'https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens',
    least: 30,
    most: 200,
    run: /^[\w-]+$/,
    behind: /[A-Za-z0-9]{10,20}\.atlasv1\.$/,
    behindByte: DOT,
  },
  {
    detector: 'salesforce-token',
    title: 'Salesforce access token',
    source: 'https://help.salesforce.com/s/articleView?id=sf.remoteaccess_access_tokens.htm',
    least: 20,
    most: 300,
    run: /^[\w-]+$/,
    behind: /\b00[A-Za-z0-9]{13}!$/,
    behindByte: 33,
  },
];

const BEHIND_CHARS = 48;
const MIN_BARE_SHAPE = 30;
const BEHIND = new Uint8Array(256);
for (const { behindByte } of SHAPES) if (behindByte !== undefined) BEHIND[behindByte] = 1;

const isShape = (subject: Subject, start: number, end: number, shape: Shape, list: HitList): boolean => {
  const length = end - start;
  if (length < shape.least || length > shape.most) return false;
  if (shape.behindByte !== undefined && subject.bytes[start - 1] !== shape.behindByte) return false;
  if (!shape.run.test(subject.text.slice(start, end))) return false;
  const before = shape.behind?.exec(subject.text.slice(Math.max(0, start - BEHIND_CHARS), start))?.[0] ?? '';
  if (shape.behind !== undefined && before === '') return false;
  const last = shape.behind === undefined ? end : tailEnd(subject, end);
  list.add(shape.detector, start - before.length, last, shape.title);
  return true;
};

/** A body may go on over dots, tildes and equals signs. */
const tailEnd = (subject: Subject, end: number): number => {
  const tail = /^[\w.~=-]{1,200}/.exec(subject.text.slice(end, end + 200))?.[0].replace(/\.+$/, '') ?? '';
  return end + tail.length;
};

/** Notes a run that is a key by its shape. */
export const specialShape = (subject: Subject, start: number, end: number, list: HitList): boolean => {
  if (jwt(subject, start, end, list)) return true;
  // The shortest shape without a sign before it has 30 characters.
  if (end - start < MIN_BARE_SHAPE && (start === 0 || BEHIND[subject.bytes[start - 1] ?? 0] !== 1)) return false;
  for (const shape of SHAPES) if (isShape(subject, start, end, shape, list)) return true;
  return false;
};
