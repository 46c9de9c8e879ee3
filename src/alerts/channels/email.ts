import { createHash } from 'node:crypto';
import type { GovernanceEvent } from '../../call/event.ts';
import type { Channel, SendResult, Templates } from '../channel.ts';
import { type SmtpServer, SmtpError, sendMail } from '../smtp.ts';
import { cut, factsOf, fill } from '../template.ts';

/** Who writes to whom, through which server. */
export interface EmailSettings {
  readonly server: SmtpServer;
  readonly from: string;
  readonly to: readonly string[];
}

const LINE = 76;

const wrapped = (text: string): string =>
  Buffer.from(text)
    .toString('base64')
    .replaceAll(new RegExp(`.{${LINE}}`, 'g'), '$&\r\n');

// Encoded words of at most 75 characters, so that no label can end the header and begin another. @source RFC 2047
const subjectOf = (title: string): string => {
  const words: string[] = [];
  let word = '';
  for (const character of cut(title.replaceAll(/\s+/g, ' '), 200)) {
    if (Buffer.byteLength(word + character) > 42) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word].map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`).join('\r\n ');
};

const bodyOf = (alert: GovernanceEvent, text: string): string =>
  `${fill(text, alert)}\n\n${factsOf(alert)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')}\n`;

/** Writes a mail with its headers. The same alert has the same Message-ID, so that mail programs show a repetition once. */
export const mailOf = (alert: GovernanceEvent, { from, to }: EmailSettings, { title, text }: Templates): string => {
  const id = createHash('sha256').update(alert.dedupeKey).digest('hex').slice(0, 32);
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const headers = [
    `From: Purser <${from}>`,
    `To: ${to.map((address) => `<${address}>`).join(',\r\n ')}`,
    `Subject: ${subjectOf(fill(title, alert))}`,
    `Date: ${new Date(alert.atMs).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}@${domain}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
  ];
  return `${headers.join('\r\n')}\r\n\r\n${wrapped(bodyOf(alert, text))}\r\n`;
};

const resultOf = (error: unknown): SendResult => {
  if (!(error instanceof SmtpError)) return { kind: 'failed', reason: (error as NodeJS.ErrnoException).code ?? 'a fault' };
  return { kind: 'failed', reason: error.message, rejected: [550, 551, 552, 553, 554].includes(error.code) };
};

/** Sends alerts as plain mails. */
export const createEmail = (settings: EmailSettings, templates: Templates): Channel => ({
  async send(alert) {
    try {
      await sendMail(settings.server, { from: settings.from, to: settings.to, data: mailOf(alert, settings, templates) });
      return { kind: 'delivered' };
    } catch (error) {
      return resultOf(error);
    }
  },
});
