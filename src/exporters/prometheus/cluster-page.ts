import { timers } from '../../base/timers.ts';
import type Cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import { fault, notice } from '../../base/diag.ts';
import type { FamilyMetric } from './family-metric.ts';
import type { PromClientModule } from './prometheus-settings.ts';

const clusterModule = (): typeof Cluster => process.getBuiltinModule('node:cluster') as unknown as typeof Cluster;

/** Whether this process is a worker of a cluster. */
export const isClusterWorker = (): boolean => clusterModule().isWorker;

const workersNow = (): readonly Worker[] => Object.values(clusterModule().workers ?? {}).filter((worker) => worker?.isConnected() === true) as Worker[];

/** A metric as a registry of prom-client gives it. */
interface MetricJson {
  readonly name: string;
  readonly type: string;
  readonly aggregator?: string;
}

/** What primary and workers say to each other. */
type Message =
  | { readonly type: 'purser:metrics?'; readonly id: number }
  | { readonly type: 'purser:metrics'; readonly id: number; readonly metrics: readonly MetricJson[] }
  | { readonly type: 'purser:last-metrics'; readonly metrics: readonly MetricJson[] };

const asMessage = (message: unknown): Message | undefined =>
  typeof message === 'object' && message !== null && String((message as { readonly type?: unknown }).type).startsWith('purser:')
    ? (message as Message)
    : undefined;

/** A worker that is blocked for longer is shown as it was when it last answered. */
const ANSWER_MS = 2_000;

const jsonOf = async (client: PromClientModule): Promise<readonly MetricJson[]> =>
  (await client.register.getMetricsAsJSON()) as unknown as readonly MetricJson[];

// Nobody may listen any more.
const tell = (message: Message): void => {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
};

/** Makes a worker answer the primary's questions. */
export const joinCluster = (client: PromClientModule): void => {
  process.on('message', (message) => {
    const asked = asMessage(message);
    if (asked?.type !== 'purser:metrics?') return;
    jsonOf(client).then(
      (metrics) => tell({ type: 'purser:metrics', id: asked.id, metrics }),
      (error: unknown) => fault('prometheus_worker', error),
    );
  });
};

/** Who has left so many questions in a row unanswered is asked, and not waited for. */
const PATIENCE = 3;

/** Tells the primary what this worker has counted, for it is about to end. `own` are our metrics. */
export const tellLast = (own: readonly FamilyMetric[]): void => {
  // A new series is given as 0 once: nobody will ask a second time.
  for (const metric of own) metric.get();
  tell({ type: 'purser:last-metrics', metrics: own.map((metric) => metric.get()) });
};

/** What a worker said last. */
interface Known {
  readonly metrics: readonly MetricJson[];
  /** The number of the question that it answered, or of the one before its first. */
  readonly answered: number;
}

/** The metrics of a primary and of all its workers, those that have ended included. */
export class ClusterPage {
  readonly #client: PromClientModule;
  readonly #own: ReadonlySet<string>;
  readonly #known = new Map<number, Known>();
  /** What ended workers have counted; a sum that fell would read as a counter that began anew, and all the rest as new. */
  #ended: (readonly MetricJson[])[] = [];
  #asked = 0;
  #arrived: (() => void) | undefined;
  #making: Promise<string> | undefined;

  /** Listens to workers from now on. @param own our metrics @param onWorker told when there is a worker */
  constructor(client: PromClientModule, own: readonly FamilyMetric[], onWorker: () => void) {
    this.#client = client;
    this.#own = new Set(own.map(({ name }) => name));
    const cluster = clusterModule();
    if (workersNow().length > 0) onWorker();
    else cluster.once('fork', onWorker);
    cluster.on('message', (worker, message) => this.#heard(worker.id, asMessage(message)));
    // By then all that it said has been read, however it ended.
    cluster.on('disconnect', (worker) => this.#left(worker.id));
  }

  /** Whether there are workers, or were any. */
  get isPrimary(): boolean {
    return this.#known.size > 0 || this.#ended.length > 0 || workersNow().length > 0;
  }

  /** Gives the sum over all workers and this process, in the text form. What the app itself counts is that of living workers alone, as prom-client has it. */
  text(): Promise<string> {
    // Who asks while others are being told is told the same.
    return (this.#making ??= this.#make().finally(() => (this.#making = undefined)));
  }

  async #make(): Promise<string> {
    await this.#ask(workersNow());
    const held = (await jsonOf(this.#client)).filter(({ name }) => this.#own.has(name));
    await this.#fold();
    // Both at one moment: a worker that ends is among the living or among the ended.
    const living = [...this.#known.values()].flatMap(({ metrics }) => metrics);
    return await this.#sum([living, held, ...this.#ended]).metrics();
  }

  async #ask(workers: readonly Worker[]): Promise<void> {
    const id = ++this.#asked;
    const answeredBy = (worker: Worker): number => this.#known.get(worker.id)?.answered ?? id;
    const silent = (): readonly Worker[] => workers.filter((worker) => worker.isConnected() && answeredBy(worker) < id);
    for (const worker of workers) {
      if (!this.#known.has(worker.id)) this.#known.set(worker.id, { metrics: [], answered: id - 1 });
      worker.send({ type: 'purser:metrics?', id } satisfies Message, (error) => error !== null && this.#arrived?.());
    }
    const waitsFor = (worker: Worker): boolean => id - answeredBy(worker) <= PATIENCE;
    let limit: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      limit = timers.setTimeout(resolve, ANSWER_MS);
      const look = (this.#arrived = () => void (silent().some(waitsFor) || resolve()));
      look();
    });
    timers.clearTimeout(limit);
    const { length } = silent();
    if (length > 0)
      notice(
        'prometheus_cluster',
        `${length} of ${workers.length} workers did not tell their metrics within ${ANSWER_MS / 1000} s: what they told last is shown`,
      );
  }

  #heard(worker: number, message: Message | undefined): void {
    if (message === undefined || message.type === 'purser:metrics?') return;
    const answered = message.type === 'purser:metrics' ? message.id : Number.POSITIVE_INFINITY;
    this.#known.set(worker, { metrics: message.metrics, answered });
    this.#arrived?.();
  }

  #left(worker: number): void {
    const counted = this.#known.get(worker)?.metrics.filter(({ name, type }) => this.#own.has(name) && type !== 'gauge');
    this.#known.delete(worker);
    if (counted !== undefined) this.#ended.push(counted);
    this.#arrived?.();
  }

  async #fold(): Promise<void> {
    const parts = this.#ended;
    if (parts.length < 2) return;
    const sum = (await this.#sum(parts).getMetricsAsJSON()) as unknown as readonly MetricJson[];
    // Another one may have ended meanwhile.
    this.#ended = [sum, ...this.#ended.slice(parts.length)];
  }

  #sum(parts: readonly (readonly MetricJson[])[]): InstanceType<PromClientModule['Registry']> {
    const metrics = parts.map((part) => part.map((metric) => ({ aggregator: 'sum', ...metric })));
    return this.#client.AggregatorRegistry.aggregate(metrics) as never;
  }
}
