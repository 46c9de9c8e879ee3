import { resolve } from 'node:path';
import { startLocalProvider } from '../../support/local-provider/start.ts';
import { OtlpReceiver, type ReceivedSpan } from '../../support/otlp-receiver.ts';
import { runNode } from '../../support/run-node.ts';
import { recordHeaders } from './record-headers.ts';
import { VendorReceiver } from './vendor-receiver.ts';
import type { VendorSpan } from './vendor-spans.ts';
import type { SetUp } from './set-ups.ts';

/** What came of a set-up. */
export interface Tried {
  readonly setUp: SetUp;
  /** What was not as it should be; empty when all was. */
  readonly wrong: readonly string[];
  readonly found: Readonly<Record<string, unknown>>;
}

const OURS = resolve('dist/register.cjs');
const CALLS = 4;

// Put together here, so that no scanner takes it for a key that leaked.
const KEY = ['sk', 'proj', 'x7Qm2TtVb9LwKc4RzJ8nYd5GhPs3FvNa'].join('-');

const isGenai = ({ attributes }: ReceivedSpan): boolean => 'gen_ai.operation.name' in attributes || 'gen_ai.system' in attributes;

/** Holds what an OTLP receiver got against what it should have. */
const judgeOtlp = (host: OtlpReceiver, aside: OtlpReceiver, { foreignGenai = 0 }: SetUp): string[] => {
  const wrong: string[] = [];
  const expect = (holds: boolean, what: string): void => void (holds || wrong.push(what));
  const ours = host.spans.filter(({ scope }) => scope.name === 'purser');
  const requests = host.spans.filter(({ name }) => name === 'request');
  expect(requests.length === 1, `${requests.length} spans of the app's own instead of 1`);
  expect(ours.length === CALLS, `${ours.length} spans of ours instead of ${CALLS}`);
  expect(new Set(host.spans.map(({ spanId }) => spanId)).size === host.spans.length, 'a span was exported twice');
  // What was asked for by hand may stand between.
  const below = new Set([requests[0]?.spanId, ...(foreignGenai > 0 ? host.spans.filter((span) => isGenai(span)).map(({ spanId }) => spanId) : [])]);
  expect(
    ours.every(({ parentSpanId, traceId }) => below.has(parentSpanId) && traceId === requests[0]?.traceId),
    'our spans are not below the app’s',
  );
  const foreign = host.spans.filter((span) => span.scope.name !== 'purser' && isGenai(span)).length;
  expect(foreign === foreignGenai, `${foreign} GenAI spans of others instead of ${foreignGenai}`);
  const calls = new Set(host.spans.filter((span) => isGenai(span)).map(({ spanId }) => spanId));
  const known = new Set(host.spans.map(({ spanId }) => spanId));
  expect(
    host.spans.every(({ parentSpanId }) => parentSpanId === undefined || known.has(parentSpanId)),
    'a span has a parent that nobody exported',
  );
  const posts = host.spans.filter(({ name, scope }) => name.startsWith('POST') && scope.name.includes('undici'));
  expect(
    posts.every(({ parentSpanId }) => parentSpanId !== undefined && calls.has(parentSpanId)),
    'a request is not below its call',
  );
  expect(ours.filter(({ status }) => status.code === 'error').length === 1, 'the failed call is not marked as such');
  expect(!ours.some((span) => JSON.stringify(span).includes(KEY)), 'a span of ours holds the key');
  expect(aside.spans.length === 0, `${aside.spans.length} spans were exported beside the host`);
  return wrong;
};

/** Whether a span is in one trace with the app's, below it, with every span between exported. */
const isBelow = (spans: readonly VendorSpan[], span: VendorSpan, top: VendorSpan): boolean => {
  const parent = spans.find(({ spanId }) => spanId === span.parentId);
  return span.traceId === top.traceId && parent !== undefined && (parent === top || isBelow(spans, parent, top));
};

const judgeVendor = (vendor: VendorReceiver, aside: OtlpReceiver, { takesOurs = true, foreignGenai = 0 }: SetUp): string[] => {
  const wrong: string[] = [];
  const expect = (holds: boolean, what: string): void => void (holds || wrong.push(what));
  const inVendor = vendor.count('chat gpt-5.4') + vendor.count('chat claude-sonnet-5');
  const byOurselves = aside.spans.filter(({ scope }) => scope.name === 'purser').length;
  expect(takesOurs ? inVendor === CALLS + foreignGenai : byOurselves === CALLS, `${inVendor} spans of ours at the vendor, ${byOurselves} at our own exporter`);
  expect(!takesOurs || byOurselves === 0, `${byOurselves} spans were exported beside the host`);
  if (takesOurs) {
    const { spans } = vendor;
    const ours = spans.filter((span) => span.ours);
    const [request, ...more] = spans.filter(({ name }) => name === 'request');
    expect(ours.length === CALLS, `${ours.length} spans at the vendor carry our call's id`);
    expect(new Set(spans.map(({ spanId }) => spanId)).size === spans.length, 'a span was exported twice');
    expect(request !== undefined && more.length === 0 && ours.every((span) => isBelow(spans, span, request)), 'our spans are not below the app’s');
  }
  expect(!JSON.stringify(aside.spans).includes(KEY), 'a span of ours holds the key');
  return wrong;
};

/** Runs the app of a set-up as a child process and looks at what arrived where. */
export const trySetUp = async (setUp: SetUp): Promise<Tried> => {
  const provider = await startLocalProvider();
  const headers = await recordHeaders(provider.url);
  const [host, aside, vendor] = await Promise.all([OtlpReceiver.start(), OtlpReceiver.start(), VendorReceiver.start()]);
  const toEnv = setUp.destination === 'otlp-env';
  const env = {
    BASE: headers.url,
    LEAK_KEY: KEY,
    HOST_URL: host.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: toEnv ? host.url : aside.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_NODE_RESOURCE_DETECTORS: 'none',
    SENTRY_DSN: vendor.dsn,
    DD_TRACE_AGENT_URL: vendor.url,
    DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
    DD_REMOTE_CONFIGURATION_ENABLED: 'false',
    ELASTIC_OTEL_CENTRAL_CONFIG: 'false',
    PURSER_STATUS_ENABLED: 'false',
    ...(setUp.inCode === undefined ? {} : { SETUP: setUp.inCode }),
    ...(setUp.destination === 'datadog' || setUp.destination === 'sentry' ? { LINGER: '2500' } : {}),
    ...setUp.env,
  };
  const args = setUp.args.flatMap((arg) => (arg === 'OURS' ? ['--require', OURS] : [arg]));
  const cwd = resolve('test/matrix/hosts', setUp.folder);
  const { code, signal, stdout, stderr } = await runNode([...args, resolve(cwd, setUp.app)], { cwd, env });
  const wrong = setUp.destination.startsWith('otlp') ? judgeOtlp(host, aside, setUp) : judgeVendor(vendor, aside, setUp);
  if (code !== 0) wrong.push(`exit ${code ?? signal}: ${stderr.slice(-600)}`);
  if (stdout.split('\n').filter((line) => line === 'done').length !== 1) wrong.push(`stdout ${JSON.stringify(stdout.slice(0, 300))}`);
  if (stderr.includes('purser:')) wrong.push(`stderr ${JSON.stringify(stderr.slice(0, 300))}`);
  if (headers.traced() > 0) wrong.push(`${headers.traced()} requests told the provider of the trace`);
  const scopes = [...new Set(host.spans.map(({ scope }) => scope.name))];
  const found = {
    requests: provider.bill().requests,
    spans: host.spans.length,
    scopes,
    aside: aside.spans.length,
    vendor: vendor.size,
    vendorSpans: vendor.spans.length,
    stderr: stderr.slice(0, 300),
  };
  await Promise.all([host.close(), aside.close(), vendor.close(), headers.close(), provider.close()]);
  return { setUp, wrong, found };
};
