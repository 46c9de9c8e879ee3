import type { Channel, Templates } from '../channel.ts';
import { post } from '../post.ts';
import { cut, factsOf, fill } from '../template.ts';

const COLORS = { info: 0x34_98_db, warning: 0xf1_c4_0f, error: 0xe7_4c_3c } as const;

/**
 * Posts alerts to a webhook of Discord. Mentions are switched off, so that no label calls everybody.
 * @source https://discord.com/developers/docs/resources/webhook#execute-webhook, answers 204; embed limits: title 256, description 4096, field 256 and 1024
 */
export const createDiscord = (url: string, { title, text }: Templates): Channel => ({
  send(alert) {
    const embed = {
      title: cut(fill(title, alert), 256),
      description: cut(fill(text, alert), 2000),
      color: COLORS[alert.severity],
      timestamp: new Date(alert.atMs).toISOString(),
      // 10 fields of these lengths stay below the 6000 characters of a whole embed.
      fields: factsOf(alert).map(([name, value]) => ({ name: cut(name, 100), value: cut(value || '-', 200), inline: true })),
    };
    return post({ url, body: JSON.stringify({ embeds: [embed], allowed_mentions: { parse: [] } }) });
  },
});
