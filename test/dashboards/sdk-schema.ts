import { readFileSync } from 'node:fs';

/**
 * A strict JSON schema of Grafana's classic dashboards, read from the type declarations of the foundation SDK that is installed.
 * It knows every field of a dashboard, of a Prometheus query, and of the options and field settings of each kind of panel, and allows no other.
 */
export interface Schema {
  readonly [key: string]: unknown;
}

const DIST = new URL('../../node_modules/@grafana/grafana-foundation-sdk/dist/', import.meta.url);
const TOKEN = /"[^"]*"|[A-Za-z_$][\w$.]*|-?\d+(?:\.\d+)?|[{}[\]()<>|;:?,=]/g;

class Reader {
  readonly #tokens: readonly string[];
  readonly #home: string;
  #at = 0;
  constructor(text: string, home: string) {
    this.#tokens = text.replace(/\/\*[\s\S]*?\*\//g, '').match(TOKEN) ?? [];
    this.#home = home;
  }
  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }
  peek(ahead = 0): string | undefined {
    return this.#tokens[this.#at + ahead];
  }
  take(wanted?: string): string {
    const token = this.#tokens[this.#at];
    if (token === undefined || (wanted !== undefined && token !== wanted))
      throw new Error(`${this.#home}: ${wanted ?? 'more'} wanted, ${token ?? 'the end'} seen at ${this.#tokens.slice(this.#at - 5, this.#at + 5).join(' ')}`);
    this.#at += 1;
    return token;
  }
  skipTo(token: string): void {
    while (this.take() !== token);
  }
  type(): Schema {
    const options = [this.#postfix()];
    while (this.peek() === '|') {
      this.take('|');
      options.push(this.#postfix());
    }
    return options.length === 1 ? (options[0] ?? {}) : { anyOf: options };
  }
  #postfix(): Schema {
    let schema = this.#atom();
    while (this.peek() === '[') {
      this.take('[');
      this.take(']');
      schema = { type: 'array', items: schema };
    }
    return schema;
  }
  #atom(): Schema {
    if (this.peek() === '(') {
      this.take('(');
      const inner = this.type();
      this.take(')');
      return inner;
    }
    if (this.peek() === '{') return this.members();
    const word = this.take();
    if (word.startsWith('"')) return { const: JSON.parse(word) };
    if (/^-?\d/.test(word)) return { const: Number(word) };
    if (word === 'any' || word === 'unknown') return {};
    if (word === 'null') return { type: 'null' };
    if (word === 'string' || word === 'number' || word === 'boolean') return { type: word };
    if (word === 'true' || word === 'false') return { const: word === 'true' };
    if (word === 'Record') {
      this.take('<');
      this.type();
      this.take(',');
      const values = this.type();
      this.take('>');
      return { type: 'object', additionalProperties: values };
    }
    return { $ref: `#/definitions/${this.#named(word)}` };
  }
  #named(word: string): string {
    if (word === 'cog.Dataquery') return 'prometheus.Dataquery';
    if (!word.includes('.')) return `${this.#home}.${word}`;
    // A member of an enum stands for the enum: `dashboard.X.Y` or `X.Y`.
    const [first = '', second = ''] = word.split('.');
    return /^[a-z]/.test(first) ? `${first}.${second}` : `${this.#home}.${first}`;
  }
  members(): Schema {
    this.take('{');
    const properties: Record<string, Schema> = {};
    const required: string[] = [];
    while (this.peek() !== '}') {
      const name = this.take().replaceAll('"', '');
      if (this.peek() === '(') {
        this.skipTo(';');
        continue;
      }
      if (this.peek() === '?') this.take('?');
      else required.push(name);
      this.take(':');
      properties[name] = this.type();
      this.take(';');
    }
    this.take('}');
    return { type: 'object', additionalProperties: false, properties, required };
  }
}

const definitionsOf = (home: string): Record<string, Schema> => {
  const reader = new Reader(readFileSync(new URL(`${home}/types.gen.d.ts`, DIST), 'utf8'), home);
  const found: Record<string, Schema> = {};
  while (!reader.done) {
    const word = reader.take();
    if (word === 'import') reader.skipTo(';');
    if (word !== 'export') continue;
    const kind = reader.take();
    if (kind === 'interface') found[`${home}.${reader.take()}`] = reader.members();
    else if (kind === 'type') {
      const name = reader.take();
      reader.take('=');
      found[`${home}.${name}`] = reader.type();
    } else if (kind === 'declare' && reader.peek() === 'enum') {
      reader.take('enum');
      const name = reader.take();
      const values: unknown[] = [];
      reader.take('{');
      while (reader.peek() !== '}') {
        reader.take();
        reader.take('=');
        values.push(JSON.parse(reader.take()));
        if (reader.peek() === ',') reader.take(',');
      }
      found[`${home}.${name}`] = { enum: [...new Set(values)] };
    } else reader.skipTo(';');
  }
  return found;
};

/** The kinds of panels whose options and field settings are known. */
export const PANEL_KINDS = ['stat', 'timeseries', 'bargauge', 'table', 'heatmap', 'statetimeline'] as const;

/** What a panel calls itself in JSON. */
const PLUGIN: Readonly<Record<string, string>> = { statetimeline: 'state-timeline' };

/** The schema of a dashboard whose panels are of the known kinds. */
export const dashboardSchema = (): Schema => {
  const definitions: Record<string, Schema> = {};
  for (const home of ['dashboard', 'common', 'prometheus', ...PANEL_KINDS]) Object.assign(definitions, definitionsOf(home));
  const branches = PANEL_KINDS.map((kind) => {
    const custom = definitions[`${kind}.FieldConfig`];
    return {
      if: { properties: { type: { const: PLUGIN[kind] ?? kind } } },
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: {
        properties: {
          options: { $ref: `#/definitions/${kind}.Options` },
          ...(custom === undefined
            ? {}
            : { fieldConfig: { properties: { defaults: { properties: { custom: { $ref: `#/definitions/${kind}.FieldConfig` } } } } } }),
        },
      },
    };
  });
  const kinds = PANEL_KINDS.map((kind) => PLUGIN[kind] ?? kind);
  definitions['dashboard.Panel'] = {
    allOf: [definitions['dashboard.Panel'] ?? {}, { properties: { type: { enum: kinds } } }, ...branches],
  };
  return { $schema: 'http://json-schema.org/draft-07/schema#', $ref: '#/definitions/dashboard.Dashboard', definitions };
};
