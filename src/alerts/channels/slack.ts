import type { Channel, Templates } from '../channel.ts';
import { post } from '../post.ts';
import { cut, factsOf, fill } from '../template.ts';

const MARKS = { info: ':information_source:', warning: ':warning:', error: ':rotating_light:' } as const;

// A label of the app must not become a link or call everybody.
const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * Posts alerts to an incoming webhook of Slack.
 * @source https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, answers 200 `ok`; https://docs.slack.dev/reference/block-kit/blocks: header 150, section 3000, 10 fields of 2000
 */
export const createSlack = (url: string, { title, text }: Templates): Channel => ({
  send(alert) {
    const said = escape(fill(text, alert));
    const fields = factsOf(alert).map(([name, value]) => ({ type: 'mrkdwn', text: cut(`*${escape(name)}*\n${escape(value)}`, 2000) }));
    const body = {
      text: cut(said, 3000),
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: cut(fill(title, alert), 150) } },
        { type: 'section', text: { type: 'mrkdwn', text: cut(`${MARKS[alert.severity]} ${said}`, 3000) } },
        ...(fields.length === 0 ? [] : [{ type: 'section', fields }]),
      ],
    };
    return post({ url, body: JSON.stringify(body), accepts: (answer) => answer.trim() === 'ok' });
  },
});
