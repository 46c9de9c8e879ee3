import type { Channel, Templates } from '../channel.ts';
import { post } from '../post.ts';
import { cut, factsOf, fill } from '../template.ts';

const COLORS = { info: 'accent', warning: 'warning', error: 'attention' } as const;

// Adaptive Cards read a subset of Markdown: a label must not become a link.
const escape = (text: string): string => text.replaceAll(/[\\[\]*_`]/g, String.raw`\$&`);

/**
 * Posts alerts as an Adaptive Card to a workflow of Teams ("Post to a channel when a webhook request is received").
 * @source https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using, at most 28 KB; answers 202
 */
export const createTeams = (url: string, { title, text }: Templates): Channel => ({
  send(alert) {
    const content = {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.4',
      body: [
        { type: 'TextBlock', size: 'Medium', weight: 'Bolder', wrap: true, color: COLORS[alert.severity], text: cut(escape(fill(title, alert)), 500) },
        { type: 'TextBlock', wrap: true, text: cut(escape(fill(text, alert)), 4000) },
        { type: 'FactSet', facts: factsOf(alert).map(([name, value]) => ({ title: name, value: cut(value, 500) })) },
      ],
    };
    const body = { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }] };
    return post({ url, body: JSON.stringify(body) });
  },
});
