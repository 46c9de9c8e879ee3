import { OtlpReceiver, type ReceivedLog, type ReceivedSpan } from '../support/otlp-receiver.ts';

/** A back-end that can go away and come back on the same port. What came before and after is kept. */
export class Backend {
  readonly #port: number;
  readonly #receivers: OtlpReceiver[] = [];
  #up: OtlpReceiver | undefined;

  private constructor(first: OtlpReceiver) {
    this.#port = Number(new URL(first.url).port);
    this.#receivers.push(first);
    this.#up = first;
  }

  /** Starts one on a free port. */
  static async start(): Promise<Backend> {
    return new Backend(await OtlpReceiver.start());
  }

  /** Where the Collector sends everything. */
  get env(): Readonly<Record<string, string>> {
    const url = `http://127.0.0.1:${this.#port}`;
    return { PURSER_TRACES_ENDPOINT: url, PURSER_METRICS_ENDPOINT: url, PURSER_LOGS_ENDPOINT: url };
  }

  /** Closes the port: connections are cut and refused. */
  async away(): Promise<void> {
    await this.#up?.close();
    this.#up = undefined;
  }

  /** Opens the port again. */
  async back(): Promise<void> {
    if (this.#up !== undefined) return;
    this.#up = await OtlpReceiver.start(this.#port);
    this.#receivers.push(this.#up);
  }

  /** How many requests came in all. */
  get requests(): number {
    return this.#receivers.reduce((sum, receiver) => sum + receiver.requests.length, 0);
  }

  /** All spans that came. */
  get spans(): ReceivedSpan[] {
    return this.#receivers.flatMap((receiver) => receiver.spans);
  }

  /** All log records that came. */
  get logs(): ReceivedLog[] {
    return this.#receivers.flatMap((receiver) => receiver.logs);
  }

  /** Every byte that came. */
  get bytes(): Buffer {
    return Buffer.concat(this.#receivers.map((receiver) => receiver.bytes));
  }
}
