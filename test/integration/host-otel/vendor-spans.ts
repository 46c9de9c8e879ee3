/** A span in a vendor's own format. */
export interface VendorSpan {
  readonly name: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly traceId: string;
  /** Whether it is one of ours: it carries our call's id. */
  readonly ours: boolean;
}

type Json = Readonly<Record<string, unknown>>;

const OURS = 'purser.call.id';
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const idOf = (value: unknown): string | undefined => ((typeof value === 'number' || typeof value === 'bigint') && value > 0 ? value.toString() : undefined);

const fromSentrySpan = (span: Json): VendorSpan => {
  const data = [span['data'], span['attributes']].find(isJson) ?? {};
  return {
    name: textOf(span['description'] ?? span['name']),
    spanId: textOf(span['span_id']),
    parentId: textOf(span['parent_span_id']) || undefined,
    traceId: textOf(span['trace_id']),
    ours: OURS in data,
  };
};

const fromTransaction = (item: Json): readonly VendorSpan[] => {
  const trace = isJson(item['contexts']) ? item['contexts']['trace'] : undefined;
  const root = isJson(trace) ? [fromSentrySpan({ ...trace, description: item['transaction'] })] : [];
  const spans = Array.isArray(item['spans']) ? item['spans'].filter(isJson).map(fromSentrySpan) : [];
  return [...root, ...spans];
};

/** Reads the spans of Sentry's envelopes. @source https://develop.sentry.dev/sdk/data-model/envelopes/ */
export const sentrySpans = (text: string): readonly VendorSpan[] =>
  text.split('\n').flatMap((line) => {
    let item: unknown;
    try {
      item = JSON.parse(line);
    } catch {
      return [];
    }
    if (!isJson(item)) return [];
    if (typeof item['transaction'] === 'string' && isJson(item['contexts'])) return fromTransaction(item);
    const items = item['items'];
    return Array.isArray(items)
      ? items
          .filter(isJson)
          .filter((each) => 'span_id' in each)
          .map(fromSentrySpan)
      : [];
  });

/** Reads one value of MessagePack, as much of it as traces use. @source https://github.com/msgpack/msgpack/blob/master/spec.md */
class MessagePack {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): boolean {
    return this.#at < this.#bytes.length;
  }

  read(): unknown {
    const type = this.#uint(1);
    if (type <= 0x7f) return type;
    if (type <= 0x8f) return this.#map(type & 0x0f);
    if (type <= 0x9f) return this.#list(type & 0x0f);
    if (type <= 0xbf) return this.#text(type & 0x1f);
    if (type >= 0xe0) return type - 256;
    return this.#typed(type);
  }

  #typed(type: number): unknown {
    if (type === 0xc0) return null;
    if (type === 0xc2 || type === 0xc3) return type === 0xc3;
    if (type >= 0xc4 && type <= 0xc6) return this.#take(this.#uint(1 << (type - 0xc4)));
    if (type === 0xca) return this.#take(4).readFloatBE();
    if (type === 0xcb) return this.#take(8).readDoubleBE();
    if (type >= 0xcc && type <= 0xce) return this.#uint(1 << (type - 0xcc));
    if (type === 0xcf) return this.#take(8).readBigUInt64BE();
    if (type >= 0xd0 && type <= 0xd2) return this.#take(1 << (type - 0xd0)).readIntBE(0, 1 << (type - 0xd0));
    if (type === 0xd3) return this.#take(8).readBigInt64BE();
    if (type >= 0xd9 && type <= 0xdb) return this.#text(this.#uint(1 << (type - 0xd9)));
    if (type === 0xdc || type === 0xdd) return this.#list(this.#uint(type === 0xdc ? 2 : 4));
    if (type === 0xde || type === 0xdf) return this.#map(this.#uint(type === 0xde ? 2 : 4));
    throw new Error(`MessagePack ${type.toString(16)}`);
  }

  #take(bytes: number): Buffer {
    this.#at += bytes;
    if (this.#at > this.#bytes.length) throw new Error('MessagePack ends within a value');
    return this.#bytes.subarray(this.#at - bytes, this.#at);
  }

  #uint(bytes: number): number {
    return this.#take(bytes).readUIntBE(0, bytes);
  }

  #text(bytes: number): string {
    return this.#take(bytes).toString('utf8');
  }

  #list(count: number): unknown[] {
    return Array.from({ length: count }, () => this.read());
  }

  #map(count: number): Json {
    return Object.fromEntries(Array.from({ length: count }, () => [String(this.read()), this.read()]));
  }
}

/** Reads the spans of a body that dd-trace sends to its agent, version 0.4; none of anything else. */
export const datadogSpans = (body: Buffer): readonly VendorSpan[] => {
  let traces: unknown;
  try {
    traces = new MessagePack(body).read();
  } catch {
    return [];
  }
  if (!Array.isArray(traces)) return [];
  return traces
    .flat()
    .filter(isJson)
    .map((span) => ({
      name: textOf(span['resource']),
      spanId: idOf(span['span_id']) ?? '',
      parentId: idOf(span['parent_id']),
      traceId: idOf(span['trace_id']) ?? '',
      ours: isJson(span['meta']) && OURS in span['meta'],
    }));
};
