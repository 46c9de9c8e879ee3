import { createAlertmanager } from './channels/alertmanager.ts';
import { createDiscord } from './channels/discord.ts';
import { createEmail } from './channels/email.ts';
import { createPagerDuty } from './channels/pagerduty.ts';
import { createSlack } from './channels/slack.ts';
import { createTeams } from './channels/teams.ts';
import { createWebhook } from './channels/webhook.ts';
import type { Channel, ChannelSettings, Templates } from './channel.ts';
import { type ChannelProblem, isRecord, RawChannel } from './raw-channel.ts';
import { DEFAULT_TEMPLATES } from './template.ts';

/** What channels need to know of the process. */
export interface ChannelSurroundings {
  readonly nowMs: () => number;
  /** The name of the service, without secrets and personal data: receivers are told it. */
  readonly service: string | undefined;
}

type Make = (raw: RawChannel, templates: Templates, around: ChannelSurroundings) => Channel | undefined;

const byUrl =
  (create: (url: string, templates: Templates) => Channel): Make =>
  (raw, templates) => {
    const url = raw.secretUrl('url');
    return url === undefined ? undefined : create(url, templates);
  };

const webhook: Make = (raw, _, { nowMs }) => {
  const url = raw.url('url');
  const secret = raw.secret('secret');
  const headers = raw.headers('headers');
  return url === undefined ? undefined : createWebhook({ url, secret, headers, nowMs });
};

const pagerDuty: Make = (raw, templates, { service }) => {
  const routingKey = raw.neededSecret('routingKey', 'the integration key of a service');
  const url = raw.url('url', 'https://events.pagerduty.com/v2/enqueue');
  const source = raw.text('source') ?? service ?? 'purser';
  return routingKey === undefined || url === undefined ? undefined : createPagerDuty({ routingKey, url, source }, templates);
};

const alertmanager: Make = (raw, templates, { service, nowMs }) => {
  const url = raw.url('url');
  const headers = raw.headers('headers');
  const labels = { ...(service === undefined ? {} : { service }), ...raw.record('labels') };
  return url === undefined ? undefined : createAlertmanager({ url, headers, labels, nowMs }, templates);
};

const DEFAULT_PORTS = { tls: 465, starttls: 587, none: 25 } as const;
// Nothing that ends a command of SMTP or a header, or adds an address.
const ADDRESS = /^[^\s<>(),;:"\\@]+@[^\s<>(),;:"\\@]+$/;

const email: Make = (raw, templates) => {
  const host = raw.needed('host', 'the name of a mail server');
  const security = raw.word('security', ['tls', 'starttls', 'none'] as const, 'starttls');
  const port = raw.port('port', DEFAULT_PORTS[security]);
  const user = raw.text('user');
  const password = raw.secret('password');
  const ca = raw.text('ca');
  const from = raw.needed('from', 'an address such as purser@example.org');
  const to = raw.texts('to');
  if (from !== undefined && !ADDRESS.test(from)) return raw.bad('from', 'one plain address');
  if (to.length === 0 || !to.every((address) => ADDRESS.test(address))) return raw.bad('to', 'one or more plain addresses');
  if (host === undefined || from === undefined) return undefined;
  return createEmail({ server: { host, port, security, user, password, ...(ca === undefined ? {} : { ca }) }, from, to }, templates);
};

/** The kinds of channels, one row and one file each. */
const KINDS: Readonly<Record<string, Make>> = {
  webhook,
  slack: byUrl(createSlack),
  teams: byUrl(createTeams),
  discord: byUrl(createDiscord),
  pagerduty: pagerDuty,
  alertmanager,
  email,
};

const parseOne = (raw: RawChannel, around: ChannelSurroundings): ChannelSettings | undefined => {
  const kind = raw.needed('kind', Object.keys(KINDS).join(', '));
  const name = raw.text('name') ?? kind;
  if (kind === undefined || name === undefined) return undefined;
  if (!/^[\w.-]{1,64}$/.test(name)) return raw.bad('name', 'letters, digits, `.`, `_` and `-`');
  const make = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (make === undefined) return raw.bad('kind', Object.keys(KINDS).join(', '));
  const templates = { title: raw.text('title') ?? DEFAULT_TEMPLATES.title, text: raw.text('template') ?? DEFAULT_TEMPLATES.text };
  const severity = raw.word('severity', ['info', 'warning', 'error'] as const, 'warning');
  const events = raw.texts('events');
  const channel = make(raw, templates, around);
  raw.unknown();
  return channel === undefined || !raw.complete ? undefined : { name, severity, events, channel };
};

/**
 * Makes the channels of `alerts.channels`. Those with a problem are left out, and the problem is told.
 * @param written the list as it stands in the file, with its references; secrets that stand in it are refused
 */
export const parseChannels = (
  value: unknown,
  around: ChannelSurroundings,
  written?: unknown,
): { readonly channels: readonly ChannelSettings[]; readonly problems: readonly ChannelProblem[] } => {
  const problems: ChannelProblem[] = [];
  const channels = new Map<string, ChannelSettings>();
  if (!Array.isArray(value)) return { channels: [], problems: [{ path: 'alerts.channels', seen: 'no list', wanted: 'a list of channels' }] };
  for (const [at, raw] of (value as readonly unknown[]).entries()) {
    const path = `alerts.channels[${at}]`;
    if (!isRecord(raw)) {
      problems.push({ path, seen: typeof raw, wanted: 'a mapping with `kind`' });
      continue;
    }
    const channel = parseOne(new RawChannel(raw, Array.isArray(written) ? written[at] : undefined, path, problems), around);
    if (channel === undefined) continue;
    if (channels.has(channel.name)) problems.push({ path: `${path}.name`, seen: channel.name, wanted: 'a name of its own' });
    else channels.set(channel.name, channel);
  }
  return { channels: [...channels.values()], problems };
};
