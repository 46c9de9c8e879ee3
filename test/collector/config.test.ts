import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { isContentEvent, isContentKey } from '../../src/redaction/content-keys.ts';
import { ATTRIBUTES } from '../../src/telemetry/catalog/attributes.ts';
import { composeRules, readCompose } from './compose.ts';

const FILES = ['otel-collector.yaml', 'collector/minimal.yaml', 'collector/gateway.yaml', 'collector/remote-write.yaml', 'collector/keep-all.yaml'] as const;

type Section = Readonly<Record<string, unknown>>;
type Config = Readonly<Partial<Record<'extensions' | 'receivers' | 'processors' | 'connectors' | 'exporters', Section>>> & {
  readonly service?: { readonly extensions?: readonly string[]; readonly pipelines?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> };
};

const read = (file: string): string => readFileSync(file, 'utf8');
const config = (file: string): Config => parse(read(file)) as Config;

const statements = (): readonly string[] => {
  const content = config(FILES[0]).processors?.['transform/content'] as Readonly<Record<string, readonly string[]>> | undefined;
  return [...(content?.['trace_statements'] ?? []), ...(content?.['log_statements'] ?? [])];
};

const patterns = (call: string): readonly RegExp[] =>
  statements().flatMap((statement) =>
    [...statement.matchAll(new RegExp(`${call}[^"]*(?:\\["event.name"\\])?, "([^"]+)"`, 'g'))].map(([, text]) => new RegExp(text ?? '')),
  );

describe('the Collector drops the content', () => {
  const keys = patterns('delete_matching_keys\\(');
  it('under the names that Purser itself knows, in each place where attributes are', () => {
    expect(keys).toHaveLength(3);
    const names = [
      ...Object.keys(ATTRIBUTES),
      ...'gen_ai.prompt.0.content gen_ai.completion_x llm.prompts.0 llm.outputs llm.input input.value input.values ai.prompt ai.prompts'.split(' '),
      ...'traceloop.entity.input langfuse.trace.input openinference.output gen_ai.usage.input_tokens gen_ai.output.type purser.content.a'.split(' '),
      ...'gen_ai.request.model gen_ai.response.text.0 gen_ai.responses.text ai.response.object ai.toolCall.args x.gen_ai.prompt'.split(' '),
    ];
    const different = names.flatMap((name) => keys.filter((key) => key.test(name) !== isContentKey(name)).map(() => name));
    expect(different).toEqual([]);
    expect(names.filter(isContentKey).length).toBeGreaterThan(10);
  });

  it('of log records whose event carries messages', () => {
    const events = patterns('IsMatch\\(');
    expect(events).toHaveLength(2);
    const names =
      'gen_ai.user.message gen_ai.choice gen_ai.content.prompt gen_ai.client.inference.operation.details gen_ai.client.operation.exception purser.budget.threshold'.split(
        ' ',
      );
    for (const event of events) expect(names.map((name) => event.test(name))).toEqual(names.map(isContentEvent));
  });
});

describe('the variants', () => {
  it('clean in the same way', () => {
    for (const part of ['transform/content', 'redaction/keys', 'transform/keys', 'memory_limiter'])
      for (const file of FILES.slice(1, 3)) expect(config(file).processors?.[part]).toEqual(config(FILES[0]).processors?.[part]);
  });

  it('put the memory limiter first, and let nothing out that was not cleaned', () => {
    const pipelines = FILES.slice(0, 3).flatMap((file) => Object.values(config(file).service?.pipelines ?? {}));
    const fromOutside = pipelines.filter(({ receivers }) => receivers?.includes('otlp'));
    expect(fromOutside).toHaveLength(9);
    expect(fromOutside.filter(({ processors }) => processors?.[0] !== 'memory_limiter' || !processors.includes('redaction/keys'))).toEqual([]);
  });

  it('keep what they send on disk for as long as it takes', () => {
    for (const file of [FILES[0], FILES[2]])
      for (const exporter of Object.values(config(file).exporters ?? {}))
        expect(exporter).toMatchObject({ sending_queue: { storage: 'file_storage/queue' }, retry_on_failure: { max_elapsed_time: '0s' } });
  });

  it('use what the manifest builds, all of it and nothing else', () => {
    const types = { redaction: 'redactionprocessor', transform: 'transformprocessor', filter: 'filterprocessor', tail_sampling: 'tailsamplingprocessor' };
    const modules: Readonly<Record<string, string>> = {
      ...types,
      memory_limiter: 'memorylimiterprocessor',
      otlp: 'otlpreceiver',
      forward: 'forwardconnector',
      span_metrics: 'spanmetricsconnector',
      debug: 'debugexporter',
      otlp_http: 'otlphttpexporter',
      file: 'fileexporter',
      prometheus: 'prometheusexporter',
      prometheus_remote_write: 'prometheusremotewriteexporter',
      bearertokenauth: 'bearertokenauthextension',
      health_check: 'healthcheckextension',
      file_storage: 'filestorage',
    };
    const used = FILES.flatMap((file) => {
      const { extensions, receivers, processors, connectors, exporters } = config(file);
      return [extensions, receivers, processors, connectors, exporters].flatMap((section) => Object.keys(section ?? {}));
    });
    const wanted = new Set(used.map((name) => modules[name.split('/', 1)[0] ?? ''] ?? name));
    const { dist: _, providers: __, ...parts } = parse(read('collector/builder.yaml')) as Readonly<Record<string, readonly { readonly gomod: string }[]>>;
    const built = Object.values(parts).flatMap((list) => list.map(({ gomod }) => gomod.replace(/ .*/, '').split('/').at(-1) ?? ''));
    expect(built.toSorted()).toEqual([...wanted].toSorted());
  });
});

describe('docker-compose.yml', () => {
  it('keeps its rules: versions pinned, ports for this machine alone, nobody is root, health asked after, nothing that is not there', () => {
    expect(composeRules(readCompose())).toEqual([]);
  });

  it.each<[string, (services: Record<string, Record<string, unknown>>) => void, string]>([
    [
      'an image without a version',
      ({ loki }) => Object.assign(loki ?? {}, { image: 'grafana/loki:latest' }),
      'loki: the image grafana/loki:latest is not pinned to a version',
    ],
    [
      'a file that is not there',
      ({ tempo }) => Object.assign(tempo ?? {}, { volumes: ['./deploy/compose/gone.yaml:/etc/tempo/tempo.yaml:ro'] }),
      'tempo: there is no ./deploy/compose/gone.yaml',
    ],
    [
      'a variable that nobody reads',
      ({ demo }) => Object.assign(demo ?? {}, { environment: { PURSER_STORE_KINDS: 'redis' } }),
      'demo: PURSER_STORE_KINDS is no option of Purser',
    ],
    [
      'one that the Collector does not read',
      ({ collector }) => Object.assign(collector?.['environment'] ?? {}, { PURSER_TRACE_ENDPOINT: 'x' }),
      'collector: otel-collector.yaml does not read PURSER_TRACE_ENDPOINT',
    ],
    [
      'a port at which nobody listens',
      ({ loki }) => Object.assign(loki ?? {}, { ports: ['127.0.0.1:3100:3101'] }),
      'loki: publishes 127.0.0.1:3100:3101, where nothing listens',
    ],
    ['a port for everybody', ({ redis }) => Object.assign(redis ?? {}, { ports: ['6379:6379'] }), 'redis: the port 6379:6379 is open to others'],
    ['a service that may do more', ({ redis }) => Object.assign(redis ?? {}, { read_only: false }), 'redis: may do more than it needs'],
  ])('finds %s', (_, harm, found) => {
    const compose = structuredClone(readCompose());
    harm(compose.services as unknown as Record<string, Record<string, unknown>>);
    expect(composeRules(compose)).toContain(found);
  });
});

describe('the Kubernetes example', () => {
  interface Pod {
    readonly securityContext: { readonly runAsNonRoot: boolean };
    readonly containers: readonly {
      readonly image: string;
      readonly ports?: readonly { readonly name: string }[];
      readonly volumeMounts: readonly { readonly name: string }[];
      readonly securityContext: Readonly<Record<string, unknown>>;
      readonly resources: { readonly limits: { readonly memory: string } };
      readonly env: readonly { readonly name: string; readonly value?: string }[];
    }[];
    readonly volumes: readonly { readonly name: string }[];
  }
  interface Manifest {
    readonly kind: string;
    readonly spec: {
      readonly template: { readonly spec: Pod };
      readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
      readonly ports?: readonly { readonly targetPort: string }[];
    };
  }
  const all = ['service', 'collector'].flatMap((name) =>
    parseAllDocuments(read(`deploy/kubernetes/${name}.yaml`)).map((document) => document.toJS() as Manifest),
  );
  const workloads = all.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');

  it('gives a Deployment the flag, and no container more than it needs', () => {
    expect(workloads.map(({ kind }) => kind)).toEqual(['Deployment', 'StatefulSet']);
    expect(workloads[0]?.spec.template.spec.containers[0]?.env).toContainEqual({
      name: 'NODE_OPTIONS',
      value: '--require /app/node_modules/purser/dist/register.cjs',
    });
    for (const { spec } of workloads)
      for (const { image, securityContext, resources } of spec.template.spec.containers) {
        expect(spec.template.spec.securityContext.runAsNonRoot).toBe(true);
        expect(securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
        expect(image).toMatch(/:\d+\.\d+\.\d+$/);
        expect(resources.limits.memory).toMatch(/Mi$/);
      }
  });

  it('mounts volumes and names ports that are there', () => {
    for (const { spec } of workloads) {
      const volumes = new Set([
        ...spec.template.spec.volumes.map(({ name }) => name),
        ...(spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name),
      ]);
      expect(spec.template.spec.containers.flatMap(({ volumeMounts }) => volumeMounts).filter(({ name }) => !volumes.has(name))).toEqual([]);
    }
    const ports = workloads[1]?.spec.template.spec.containers[0]?.ports?.map(({ name }) => name) ?? [];
    expect(
      all
        .filter(({ kind }) => kind === 'Service')
        .flatMap(({ spec }) => spec.ports ?? [])
        .filter(({ targetPort }) => !ports.includes(targetPort)),
    ).toEqual([]);
  });
});
