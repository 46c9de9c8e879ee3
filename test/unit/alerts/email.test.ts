import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseChannels } from '../../../src/alerts/parse-channels.ts';
import { sendMail } from '../../../src/alerts/smtp.ts';
import type { GovernanceEvent } from '../../../src/call/event.ts';
import { type MailServerOptions, startMailServer } from './mail-server.ts';
import { crossing } from './receiver.ts';

const NOW = 1_763_640_000_000;

const makeCertificate = (): { readonly cert: string; readonly key: string } | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'purser-cert-'));
  try {
    const files = ['-keyout', join(folder, 'key'), '-out', join(folder, 'cert')];
    const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', ...files, ...name], {
      stdio: 'ignore',
    });
    return { cert: readFileSync(join(folder, 'cert'), 'utf8'), key: readFileSync(join(folder, 'key'), 'utf8') };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
const certificate = makeCertificate();
const requireAll = process.env['PURSER_REQUIRE_ALL'] === '1';

const mail = async (options: MailServerOptions, settings: Readonly<Record<string, unknown>>, alert: GovernanceEvent) => {
  const server = await startMailServer(options);
  const raw = { kind: 'email', host: 'localhost', port: server.port, from: 'purser@example.org', to: ['a@example.org', 'b@example.org'], ...settings };
  const { channels, problems } = parseChannels([raw], { nowMs: () => NOW, service: undefined });
  expect(problems).toEqual([]);
  const result = await channels[0]?.channel.send(alert);
  await server.close();
  return { result, mails: server.mails, wrong: server.wrong };
};

const parts = (data: string): { readonly headers: Readonly<Record<string, string>>; readonly body: string } => {
  const cut = data.indexOf('\r\n\r\n');
  const unfolded = data.slice(0, cut).replaceAll(/\r\n /g, '');
  const headers = Object.fromEntries(unfolded.split('\r\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
  return { headers, body: Buffer.from(data.slice(cut), 'base64').toString() };
};

test('a mail goes to all, with a subject that no label can break out of and an id that tells repetitions', async () => {
  const alert = { ...crossing(0.8, NOW), message: 'Überzogen: "daily"\r\nBcc: evil@example.org\r\n.\r\nQUIT' };
  const { result, mails, wrong } = await mail({}, { security: 'none', title: 'Alarm {message} ☃' }, alert);
  expect(result).toEqual({ kind: 'delivered' });
  expect(wrong).toEqual([]);
  expect(mails).toHaveLength(1);
  expect(mails[0]).toMatchObject({ from: '<purser@example.org>', to: ['<a@example.org>', '<b@example.org>'] });
  const { headers, body } = parts(mails[0]?.data ?? '');
  expect(Object.keys(headers)).toEqual([
    'From',
    'To',
    'Subject',
    'Date',
    'Message-ID',
    'Auto-Submitted',
    'MIME-Version',
    'Content-Type',
    'Content-Transfer-Encoding',
  ]);
  const subject = (headers['Subject'] ?? '').replaceAll(/=\?UTF-8\?B\?([^?]*)\?=/g, (_, text: string) => Buffer.from(text, 'base64').toString());
  expect(subject).toBe('Alarm Überzogen: "daily" Bcc: evil@example.org . QUIT ☃');
  expect(headers).toMatchObject({ Date: 'Thu, 20 Nov 2025 12:00:00 +0000', 'Message-ID': expect.stringMatching(/^<[0-9a-f]{32}@example\.org>$/) });
  expect(body).toContain('budget.window.end: 2025-11-21T00:00:00.000Z');
  for (const line of (mails[0]?.data ?? '').split('\r\n')) expect(line.length).toBeLessThanOrEqual(78);
});

test.skipIf(certificate === undefined && !requireAll)(
  `over STARTTLS the password is told only when the line is encrypted${certificate === undefined ? ' (openssl is not installed)' : ''}`,
  async () => {
    if (certificate === undefined) throw new Error('openssl is not installed');
    const settings = { user: 'u', password: 'p', ca: certificate.cert };
    const { result, mails } = await mail({ tls: certificate, auth: 'PLAIN LOGIN' }, settings, crossing(1, NOW));
    expect(result).toEqual({ kind: 'delivered' });
    expect(mails).toMatchObject([{ secure: true, login: 'u:p' }]);
    const login = await mail({ tls: certificate, auth: 'LOGIN' }, settings, crossing(1, NOW));
    expect(login.mails).toMatchObject([{ secure: true, login: 'u:p' }]);
    const stranger = await mail({ tls: certificate, auth: 'PLAIN' }, { user: 'u', password: 'p' }, crossing(1, NOW));
    expect(stranger.result).toMatchObject({ kind: 'failed' });
    expect(stranger.mails).toEqual([]);
  },
);

test.skipIf(certificate === undefined && !requireAll)('a server that is named by its address is checked by it, and Node has nothing to warn of', async () => {
  if (certificate === undefined) throw new Error('openssl is not installed');
  const warnings: string[] = [];
  const listen = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', listen);
  const sent = (host: string) => mail({ tls: certificate }, { host, ca: certificate.cert }, crossing(1, NOW));
  expect((await sent('127.0.0.1')).mails).toMatchObject([{ secure: true }]);
  await new Promise((done) => setImmediate(done));
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});

test('a server without STARTTLS gets neither password nor mail, unless the owner said none', async () => {
  const { result, mails, wrong } = await mail({ auth: 'PLAIN' }, { user: 'u', password: 'p' }, crossing(1, NOW));
  expect(result).toMatchObject({ kind: 'failed' });
  expect(mails).toEqual([]);
  expect(wrong).toEqual(['STARTTLS']);
});

test.each([
  ['450 later', false],
  ['554 never', true],
])('a server that says %s is a failure that may be tried again', async (verdict, rejected) => {
  const { result } = await mail({ verdict: () => verdict }, { security: 'none' }, crossing(1, NOW));
  expect(result).toEqual({ kind: 'failed', reason: `the mail server said ${verdict.slice(0, 3)}`, rejected });
});

test('a line of the text that is a dot ends nothing', async () => {
  const server = await startMailServer();
  const envelope = { from: 'a@b.c', to: ['d@e.f'], data: 'Subject: x\r\n\r\nabove\r\n.\r\n..below' };
  await sendMail({ host: '127.0.0.1', port: server.port, security: 'none', user: undefined, password: undefined }, envelope);
  await server.close();
  expect(server.mails[0]?.data).toBe('Subject: x\r\n\r\nabove\r\n.\r\n..below\r\n');
});
