import { existsSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { shownText } from '../../config/hide.ts';
import { otlpTarget, type OtlpTarget, type Signal } from '../../config/otlp.ts';
import { GrpcClient } from '../../exporters/otlp/grpc-client.ts';
import type { Check, Finding, Patient } from './finding.ts';

const TIMEOUT_MS = 1_000;
const SIGNALS: readonly Signal[] = ['traces', 'metrics', 'logs'];

type Answer = { readonly kind: 'answered'; readonly status: number; readonly date: string | undefined } | { readonly kind: 'failed'; readonly code: string };

// An export of nothing: what a receiver says to it, it would say to the real one.
const EMPTY = { 'http/json': { type: 'application/json', body: '{}' }, 'http/protobuf': { type: 'application/x-protobuf', body: '' } } as const;

const pem = (file: string | undefined): string | undefined => (file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : undefined);

const tlsOf = ({ tls }: OtlpTarget): { ca?: string; cert?: string; key?: string } => {
  const read = { ca: pem(tls.ca), cert: pem(tls.cert), key: pem(tls.key) };
  return Object.fromEntries(Object.entries(read).filter(([, text]) => text !== undefined));
};

const askGrpc = async (target: OtlpTarget): Promise<Answer> => {
  const client = new GrpcClient({ ...target, tls: tlsOf(target) }, 'purser-doctor');
  // Exports never keep a process alive; here there may be nothing else to do.
  const hold = setTimeout(() => undefined, 2 * TIMEOUT_MS);
  const answer = await client.post(Buffer.alloc(0), TIMEOUT_MS).result;
  clearTimeout(hold);
  client.close();
  if (answer.kind === 'answered') return { kind: 'answered', status: answer.status, date: undefined };
  return { kind: 'failed', code: answer.reason === 'timeout' ? 'ETIMEDOUT' : answer.reason };
};

const ask = (target: OtlpTarget): Promise<Answer> => (target.protocol === 'grpc' ? askGrpc(target) : askHttp(target, EMPTY[target.protocol]));

const askHttp = (target: OtlpTarget, { type, body }: { readonly type: string; readonly body: string }): Promise<Answer> =>
  new Promise((resolve) => {
    const failed = (code: string): void => resolve({ kind: 'failed', code });
    try {
      const send = target.url.startsWith('https:') ? httpsRequest : httpRequest;
      const request = send(target.url, {
        method: 'POST',
        headers: { ...target.headers, 'content-type': type, 'content-length': body.length },
        agent: false,
        ...tlsOf(target),
      });
      const timer = setTimeout(() => request.destroy(Object.assign(new Error('late'), { code: 'ETIMEDOUT' })), TIMEOUT_MS);
      request.once('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        failed(error.code ?? error.message);
      });
      request.once('response', (response) => {
        clearTimeout(timer);
        response.resume();
        resolve({ kind: 'answered', status: response.statusCode ?? 0, date: response.headers.date });
        request.destroy();
      });
      request.end(body);
    } catch (error) {
      failed((error as NodeJS.ErrnoException).code ?? 'ERR_INVALID_ARG_VALUE');
    }
  });

const CAUSES: readonly (readonly [RegExp, string, string])[] = [
  [
    /^ECONNREFUSED$/,
    'nothing listens there',
    'Start a collector there, or point OTEL_EXPORTER_OTLP_ENDPOINT to one; OTEL_TRACES_EXPORTER=none and its like switch the export off.',
  ],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'its host name cannot be resolved', 'Correct the host in OTEL_EXPORTER_OTLP_ENDPOINT, or the DNS of this machine.'],
  [/^ETIMEDOUT$/, `it did not answer within ${TIMEOUT_MS} ms`, 'Look for a firewall or proxy in between.'],
  [
    /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/,
    'its certificate is not trusted here',
    'Set OTEL_EXPORTER_OTLP_CERTIFICATE to the authority that signed it, or use NODE_EXTRA_CA_CERTS.',
  ],
  [
    /^(HPE_|ECONNRESET|EPIPE)/,
    'it does not speak HTTP/1.1',
    'Use the OTLP/HTTP port (usually 4318), or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc for that of gRPC (usually 4317).',
  ],
  [
    /^(ERR_HTTP2|NGHTTP2)/,
    'it does not speak gRPC',
    'Use the port of gRPC (usually 4317), or set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf for that of HTTP (usually 4318).',
  ],
  [/^(ERR_SSL|EPROTO)/, 'it does not speak TLS', 'Use http:// for it.'],
];

const failedFinding = (code: string, where: string, isDefault: boolean): Finding => {
  const [, why = `the connection failed with ${code}`, advice = 'Check the address and the network.'] = CAUSES.find(([pattern]) => pattern.test(code)) ?? [];
  // Without any address of the owner's own, it is a choice not yet made rather than a fault.
  return { check: 'exporter', level: isDefault ? 'warning' : 'broken', message: `The OTLP receiver at ${where} cannot be used: ${why}.`, advice };
};

const answeredFinding = (status: number, where: string): Finding => {
  const broken = (why: string, advice: string): Finding => ({
    check: 'exporter',
    level: 'broken',
    message: `The OTLP receiver at ${where} answers ${status}: ${why}.`,
    advice,
  });
  if (status === 401 || status === 403) return broken('it refuses the credentials', 'Set OTEL_EXPORTER_OTLP_HEADERS to what the receiver wants.');
  if (status === 404 || status === 405) return broken('there is no OTLP at this path', 'OTEL_EXPORTER_OTLP_ENDPOINT is the base address without /v1/traces.');
  if (status === 415) return broken('it does not take this encoding', 'Set OTEL_EXPORTER_OTLP_PROTOCOL to the other of http/json and http/protobuf.');
  if (status >= 500) return broken('it is not well', 'Look into the log of the receiver.');
  return { check: 'exporter', level: 'good', message: `The OTLP receiver at ${where} answers.` };
};

const MAX_SKEW_MS = 60_000;

const clockFinding = (date: string | undefined, nowMs: number): readonly Finding[] => {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return [];
  const skew = Math.abs(nowMs - theirs);
  if (skew < MAX_SKEW_MS) return [{ check: 'clock', level: 'good', message: 'The clock agrees with that of the OTLP receiver.' }];
  const message = `The clock of this machine is ${Math.round(skew / 1_000)} s ${nowMs > theirs ? 'ahead of' : 'behind'} that of the OTLP receiver.`;
  return [{ check: 'clock', level: 'broken', message, advice: 'Let NTP set it: spans land at wrong times, and calendar budgets change at wrong moments.' }];
};

const isDefaultAddress = ({ loaded }: Patient, signal: Signal): boolean =>
  loaded.origins.get('otlp.endpoint') === 'default' && loaded.origins.get(`otlp.${signal}.endpoint`) === 'default';

interface Asked {
  readonly target: OtlpTarget;
  readonly answer: Answer;
  readonly isDefault: boolean;
}

// Three signals that fail at one receiver in one way are one finding.
const findingsOf = (asked: readonly Asked[]): readonly Finding[] => {
  const findings = new Map<string, Finding>();
  for (const { target, answer, isDefault } of asked) {
    const receiver = shownText(new URL(target.url).origin);
    const where = answer.kind === 'failed' || answer.status < 300 ? receiver : shownText(target.url);
    const finding = answer.kind === 'failed' ? failedFinding(answer.code, where, isDefault) : answeredFinding(answer.status, where);
    findings.set(finding.message, finding);
  }
  return [...findings.values()];
};

/** Sends an empty export to each receiver, and looks at the clock in its answer. */
export const exporters: Check = async (patient) => {
  const { config } = patient.loaded;
  if (config.otel.disabled)
    return [{ check: 'exporter', level: 'warning', message: 'Exports are switched off by OTEL_SDK_DISABLED.', advice: 'Unset it to get telemetry.' }];
  const signals = SIGNALS.filter((signal) => (config.exporters[signal] as readonly string[]).includes('otlp'));
  const asked = await Promise.all(
    signals.map(async (signal): Promise<Asked> => {
      const target = otlpTarget(config, signal);
      return { target, answer: await ask(target), isDefault: isDefaultAddress(patient, signal) };
    }),
  );
  const date = asked.map(({ answer }) => (answer.kind === 'answered' ? answer.date : undefined)).find((header) => header !== undefined);
  return [...findingsOf(asked), ...clockFinding(date, patient.nowMs)];
};
