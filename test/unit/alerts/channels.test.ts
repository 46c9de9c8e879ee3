/** Each channel against a receiver that checks what the service documents. */
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ChannelSettings, SendResult } from '../../../src/alerts/channel.ts';
import { parseChannels } from '../../../src/alerts/parse-channels.ts';
import type { GovernanceEvent } from '../../../src/call/event.ts';
import { crossing, type Receiver, startReceiver } from './receiver.ts';

const NOW = 1_763_640_000_000;
let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const channelOf = (raw: Readonly<Record<string, unknown>>): ChannelSettings => {
  const { channels, problems } = parseChannels([raw], { nowMs: () => NOW, service: 'shop' });
  expect(problems).toEqual([]);
  const [channel] = channels;
  if (channel === undefined) throw new Error('no channel');
  return channel;
};

const send = (raw: Readonly<Record<string, unknown>>, alert: GovernanceEvent = crossing(0.8, NOW)): Promise<SendResult> => channelOf(raw).channel.send(alert);
const body = (): Record<string, unknown> => receiver.received[0]?.body as Record<string, unknown>;

test('a webhook is signed as Standard Webhooks says, over the id, the time and the very bytes', async () => {
  const key = Buffer.from('a key of thirty-two bytes, or so');
  expect(await send({ kind: 'webhook', url: `${receiver.url}/hook`, secret: `whsec_${key.toString('base64')}`, headers: { 'x-team': 'a' } })).toEqual({
    kind: 'delivered',
  });
  const { headers = {}, text = '', path } = receiver.received[0] ?? {};
  expect(path).toBe('/hook');
  const id = String(headers['webhook-id']);
  expect(id).toBe('daily%2F1763596800000%2F0.8');
  const signed = createHmac('sha256', key)
    .update(`${id}.${NOW / 1000}.${text}`)
    .digest('base64');
  expect(headers).toMatchObject({
    'webhook-timestamp': String(NOW / 1000),
    'webhook-signature': `v1,${signed}`,
    'content-type': 'application/json',
    'x-team': 'a',
  });
  expect(body()).toMatchObject({
    type: 'purser.budget.threshold',
    timestamp: '2025-11-20T12:00:00.000Z',
    data: { id: 'daily/1763596800000/0.8', severity: 'warning' },
  });
});

test('Slack gets blocks within its limits, in which no label is a link or a call to everybody', async () => {
  const alert = { ...crossing(0.8, NOW), message: `<!channel> ${'x'.repeat(5000)}`, attributes: { 'purser.budget': '<https://evil.example|click>' } };
  expect(await send({ kind: 'slack', url: receiver.url }, alert)).toEqual({ kind: 'delivered' });
  const { text, blocks } = body() as { text: string; blocks: { type: string; text?: { text: string }; fields?: { text: string }[] }[] };
  expect(text.length).toBeLessThanOrEqual(3000);
  expect(receiver.received[0]?.text).not.toMatch(/<!channel>|<https/);
  expect(blocks.map((block) => block.type)).toEqual(['header', 'section', 'section']);
  expect(blocks[0]?.text?.text.length).toBeLessThanOrEqual(150);
  expect(blocks[1]?.text?.text.length).toBeLessThanOrEqual(3000);
  expect(blocks[2]?.fields?.length).toBeLessThanOrEqual(10);
});

test('Slack has taken an alert only when it says ok', async () => {
  receiver.answer = (response) => void response.end('<html>a captive portal</html>');
  expect(await send({ kind: 'slack', url: receiver.url })).toMatchObject({ kind: 'failed' });
});

test('Teams gets an Adaptive Card', async () => {
  receiver.answer = (response) => void response.writeHead(202).end();
  const alert = { ...crossing(1, NOW), message: '[click](https://evil.example)' };
  expect(await send({ kind: 'teams', url: receiver.url }, alert)).toEqual({ kind: 'delivered' });
  expect(body()).toMatchObject({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          type: 'AdaptiveCard',
          version: '1.4',
          body: [{ type: 'TextBlock', color: 'attention' }, { type: 'TextBlock', text: String.raw`\[click\](https://evil.example)` }, { type: 'FactSet' }],
        },
      },
    ],
  });
  expect(receiver.received[0]?.text.length).toBeLessThan(28_000);
});

test('Discord gets one embed within its limits, and mentions nobody', async () => {
  receiver.answer = (response) => void response.writeHead(204).end();
  const alert = { ...crossing(0.8, NOW), message: `@everyone ${'x'.repeat(9000)}` };
  expect(await send({ kind: 'discord', url: receiver.url }, alert)).toEqual({ kind: 'delivered' });
  const { embeds, allowed_mentions } = body() as {
    embeds: { title: string; description: string; fields: { name: string; value: string }[] }[];
    allowed_mentions: unknown;
  };
  expect(allowed_mentions).toEqual({ parse: [] });
  const [embed] = embeds;
  const length =
    (embed?.title.length ?? 0) +
    (embed?.description.length ?? 0) +
    (embed?.fields ?? []).reduce((sum, field) => sum + field.name.length + field.value.length, 0);
  expect(length).toBeLessThanOrEqual(6000);
  expect(embed?.description.length).toBeLessThanOrEqual(4096);
});

test('PagerDuty gets an Events v2 trigger whose key tells repetitions, however long', async () => {
  receiver.answer = (response) => void response.writeHead(202).end('{"status":"success"}');
  const long = { ...crossing(1, NOW), dedupeKey: 'k'.repeat(300) };
  const settings = { kind: 'pagerduty', routing_key: 'R1', url: receiver.url };
  expect(await send(settings, long)).toEqual({ kind: 'delivered' });
  expect(await send(settings, long)).toEqual({ kind: 'delivered' });
  expect(body()).toMatchObject({
    routing_key: 'R1',
    event_action: 'trigger',
    payload: { severity: 'critical', source: 'shop', timestamp: '2025-11-20T12:00:00.000Z', summary: long.message, class: 'purser.budget.threshold' },
  });
  const keys = receiver.received.map((one) => (one.body as { dedup_key: string }).dedup_key);
  expect(keys[0]).toBe(keys[1]);
  expect(keys[0]?.length).toBeLessThanOrEqual(255);
});

test('Alertmanager gets v2 alerts with labels that stay and an end', async () => {
  expect(await send({ kind: 'alertmanager', url: `${receiver.url}/`, labels: { cluster: 'c1' } })).toEqual({ kind: 'delivered' });
  expect(receiver.received[0]?.path).toBe('/api/v2/alerts');
  expect(receiver.received[0]?.body).toEqual([
    {
      labels: {
        alertname: 'budget_threshold',
        severity: 'warning',
        service: 'shop',
        cluster: 'c1',
        budget: 'daily',
        budget_key: 'daily',
        budget_threshold: '0.8',
        budget_limit: '5',
        window: '2025-11-20T00:00:00.000Z',
      },
      annotations: { summary: 'Purser: purser.budget.threshold', description: crossing(0.8, NOW).message },
      startsAt: '2025-11-20T12:00:00.000Z',
      endsAt: '2025-11-21T00:00:00.000Z',
    },
  ]);
});

test('an alert that comes late ends in the future all the same: Alertmanager tells nobody of what is over', async () => {
  const late = crossing(0.8, NOW - 3 * 86_400_000);
  const over = { ...late.attributes, 'purser.budget.window.end': NOW / 1000 - 86_400 };
  await send({ kind: 'alertmanager', url: receiver.url }, { ...late, attributes: over });
  expect(receiver.received[0]?.body).toMatchObject([{ startsAt: '2025-11-17T12:00:00.000Z', endsAt: '2025-11-20T12:05:00.000Z' }]);
});

test('what is unusual is told with its moments as people read them, and with labels of its own to Alertmanager', async () => {
  const facts = { 'purser.service': 'shop', fingerprint: 'aaaaaaaaaaaa', figure: 12, window_start: NOW / 1000, window_end: NOW / 1000 + 3600 };
  const alert = { ...crossing(1, NOW), name: 'purser.unusual.new_key', attributes: facts };
  await send({ kind: 'slack', url: receiver.url }, alert);
  expect(receiver.received[0]?.text).toContain(String.raw`*window_start*\n2025-11-20T12:00:00.000Z`);
  await send({ kind: 'alertmanager', url: receiver.url }, alert);
  expect(receiver.received[1]?.body).toMatchObject([{ labels: { alertname: 'unusual_new_key', service: 'shop', fingerprint: 'aaaaaaaaaaaa' } }]);
});

test("the owner's own texts are filled from the alert", async () => {
  await send({
    kind: 'slack',
    url: receiver.url,
    title: 'Budget {purser.budget}',
    template: '{severity} {purser.budget.committed}/{purser.budget.limit} {nothing}{time}',
  });
  expect(body()).toMatchObject({ text: 'warning 4/5 2025-11-20T12:00:00.000Z', blocks: [{ text: { text: 'Budget daily' } }, {}, {}] });
});

test.each([
  [429, '7', { kind: 'failed', reason: 'HTTP status 429', rejected: false, retryAfterMs: 7000 }],
  [503, undefined, { kind: 'failed', reason: 'HTTP status 503', rejected: false }],
  [400, undefined, { kind: 'failed', reason: 'HTTP status 400', rejected: true }],
  [302, undefined, { kind: 'failed', reason: 'HTTP status 302', rejected: false }],
])('an answer of %i with Retry-After %s is read', async (status, retryAfter, wanted) => {
  receiver.answer = (response) =>
    void response.writeHead(status, retryAfter === undefined ? { location: 'http://127.0.0.1:1/' } : { 'retry-after': retryAfter }).end('no');
  expect(await send({ kind: 'webhook', url: receiver.url })).toEqual(wanted);
});

test('a receiver that hangs up or speaks garbage is a failure, and nothing throws', async () => {
  receiver.answer = (response) => response.socket?.end('\u0000\u0001 this is no HTTP');
  expect(await send({ kind: 'webhook', url: receiver.url })).toMatchObject({ kind: 'failed' });
  expect(await send({ kind: 'webhook', url: 'http://127.0.0.1:1' })).toMatchObject({ kind: 'failed', reason: 'ECONNREFUSED' });
});

test('bad settings are told by their path and never show a secret', () => {
  const { channels, problems } = parseChannels(
    [
      { kind: 'slack', url: 'hooks.slack.com/secret' },
      { kind: 'smoke' },
      { kind: 'email', host: 'h', from: 'a@b', to: ['x@y>\r\nDATA'] },
      { kind: 'pagerduty' },
      { kind: 'webhook', url: 'https://x.example', secert: 'oops' },
      'text',
    ],
    { nowMs: () => NOW, service: undefined },
  );
  expect(problems.map(({ path, wanted }) => `${path}: ${wanted}`)).toEqual([
    'alerts.channels[0].url: an address that begins with https://',
    'alerts.channels[1].kind: webhook, slack, teams, discord, pagerduty, alertmanager, email',
    'alerts.channels[2].to: one or more plain addresses',
    'alerts.channels[3].routing_key: the integration key of a service',
    'alerts.channels[4].secert: no such setting',
    'alerts.channels[5]: a mapping with `kind`',
  ]);
  expect(JSON.stringify(problems)).not.toMatch(/slack\.com|oops/);
  expect(channels.map(({ name }) => name)).toEqual(['webhook']);
});

const parse = (written: readonly Readonly<Record<string, unknown>>[], value: readonly unknown[] = written) => {
  const { channels, problems } = parseChannels(value, { nowMs: () => NOW, service: undefined }, written);
  return { made: channels.map(({ name }) => name), problems: problems.map(({ path, seen, wanted }) => `${path}: ${seen}, ${wanted}`) };
};

test('secrets that stand in the file are refused, with how to write them, and without showing them', () => {
  const mail = { kind: 'email', host: 'h', from: 'a@example.org', to: 'b@example.org', user: 'u' };
  const { made, problems } = parse([
    { kind: 'slack', url: 'https://hooks.example.org/T0/hush' },
    { kind: 'teams', url: 'https://hooks.example.org/hush' },
    { kind: 'discord', url: 'https://hooks.example.org/hush' },
    { kind: 'webhook', url: 'https://example.org', secret: 'hush' },
    { kind: 'webhook', name: 'own', url: 'https://user:hush@example.org' },
    { kind: 'webhook', name: 'other', url: 'https://example.org/?token=hush' },
    { kind: 'webhook', name: 'third', url: 'https://example.org', headers: { 'x-team': 'a', Authorization: 'Bearer hush' } },
    { kind: 'pagerduty', routing_key: 'hush' },
    { kind: 'alertmanager', url: 'https://example.org', headers: { 'X-Scope-Token': 'hush' } },
    { ...mail, password: 'hush' },
    { ...mail, name: 'mail', password: '${PASSWORD:-hush}' },
  ]);
  const wanted = (name: string) => `a secret in the file itself, a reference to a variable or a file: '\${${name}}' or '\${file:/run/secrets/NAME}'`;
  expect(problems).toEqual([
    `alerts.channels[0].url: ${wanted('SLACK_URL')}`,
    `alerts.channels[1].url: ${wanted('TEAMS_URL')}`,
    `alerts.channels[2].url: ${wanted('DISCORD_URL')}`,
    `alerts.channels[3].secret: ${wanted('WEBHOOK_SECRET')}`,
    `alerts.channels[4].url: ${wanted('WEBHOOK_URL')}`,
    `alerts.channels[5].url: ${wanted('WEBHOOK_URL')}`,
    `alerts.channels[6].headers.Authorization: ${wanted('AUTHORIZATION')}`,
    `alerts.channels[7].routing_key: ${wanted('PAGERDUTY_ROUTING_KEY')}`,
    `alerts.channels[8].headers.X-Scope-Token: ${wanted('X_SCOPE_TOKEN')}`,
    `alerts.channels[9].password: ${wanted('EMAIL_PASSWORD')}`,
    `alerts.channels[10].password: ${wanted('EMAIL_PASSWORD')}`,
  ]);
  expect(problems.join()).not.toContain('hush');
  expect(made).toEqual([]);
});

test('secrets by reference are taken, and addresses without a secret may stand in the file', () => {
  const secret = 'https://hooks.example.org/T0/hush';
  const written = [
    { kind: 'slack', url: '${SLACK_URL}' },
    {
      kind: 'webhook',
      url: 'https://example.org/purser?team=a',
      secret: '${file:/run/secrets/hook}',
      headers: { 'x-team': 'a', authorization: 'Bearer ${TOKEN}' },
    },
    { kind: 'alertmanager', url: 'http://alertmanager:9093' },
  ];
  const value = [{ ...written[0], url: secret }, { ...written[1], secret: 'hush', headers: { authorization: 'Bearer hush' } }, written[2]];
  expect(parse(written, value)).toEqual({ made: ['slack', 'webhook', 'alertmanager'], problems: [] });
});

test('a channel whose secret leads nowhere is none, and is told of by whoever followed the reference', () => {
  const written = [
    { kind: 'webhook', url: 'https://example.org', secret: '${NOT_SET}' },
    { kind: 'slack', url: '${NOT_SET}' },
  ];
  expect(
    parse(written, [
      { ...written[0], secret: undefined },
      { ...written[1], url: undefined },
    ]),
  ).toEqual({ made: [], problems: [] });
});

test('half a channel is none: what cannot be used leaves no webhook without its signature', () => {
  const { channels } = parseChannels([{ kind: 'webhook', url: 'https://example.org', secret: 5 }], { nowMs: () => NOW, service: undefined });
  expect(channels).toEqual([]);
});
