/** Makes docs/CONFIG.md and schema/purser.schema.json from the table of options. `node tools/docs/config.ts` writes them, `--check` compares. */
import { envName, envSources, OPTION_ROWS, type OptionKey } from '../../src/config/options.ts';
import type { Option } from '../../src/config/option.ts';
import { publish } from './publish.ts';

const GROUPS: Readonly<Record<string, string>> = {
  '': 'The whole',
  reload: 'Reloading',
  labels: 'Labels',
  instrument: 'What is instrumented',
  ask_usage: 'What is instrumented',
  providers: 'What is instrumented',
  stream: 'The end of calls and of the process',
  shutdown: 'The end of calls and of the process',
  status: 'The end of calls and of the process',
  telemetry: 'What is emitted',
  otel: 'OpenTelemetry',
  exporters: 'Where it is sent',
  otlp: 'Where it is sent',
  metrics: 'Where it is sent',
  batch: 'Where it is sent',
  prometheus: 'Where it is sent',
  jsonl: 'Where it is sent',
  redaction: 'Redaction',
  pricing: 'Prices',
  budgets: 'Budgets and limits',
  limits: 'Budgets and limits',
  store: 'Budgets and limits',
  alerts: 'Alerts',
  ledger: 'Ledger',
};

const groupOf = (key: string): string => {
  const head = key.split('.', 1).join('');
  const title = GROUPS[key.includes('.') || head in GROUPS ? head : ''];
  if (title === undefined) throw new Error(`tools/docs/config.ts has no title for the options under ${head}`);
  return title;
};

const KINDS: Readonly<Record<Option['kind'], string>> = {
  boolean: 'switch',
  integer: 'whole number',
  number: 'number',
  duration: 'time',
  string: 'text',
  url: 'address',
  path: 'path',
  enum: 'one of',
  list: 'list',
  record: 'mapping',
  structured: 'structured',
};

const kindText = (option: Option): string => {
  const words = option.values?.map((value) => `\`${value}\``).join(', ');
  if (option.kind === 'enum') return `${words}`;
  if (option.kind === 'list' && words !== undefined) return `list of ${words}`;
  if (option.kind === 'record' && words !== undefined) return `mapping of ${option.keys?.map((key) => `\`${key}\``).join(', ')} to ${words}`;
  const isNumber = ['integer', 'number', 'duration'].includes(option.kind);
  const bounds = [option.min !== undefined && option.min > 0 ? `from ${option.min}` : '', option.max === undefined ? '' : `up to ${option.max}`].filter(
    (bound) => bound !== '',
  );
  return `${KINDS[option.kind]}${option.kind === 'duration' ? ' in ms' : ''}${isNumber && bounds.length > 0 ? `, ${bounds.join(' ')}` : ''}`;
};

const defaultText = ({ default: value }: Option): string => {
  if (value === undefined) return '-';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
};

const variables = (key: OptionKey, option: Option): string => {
  const own = envName(key, option);
  const others = envSources(key, option).map((source) => (typeof source === 'string' ? source : source.name));
  return [...new Set([own, ...others])].map((name) => `\`${name}\``).join('<br>');
};

const row = (key: OptionKey, option: Option): string => {
  const notes = [option.secret === true ? 'Secret.' : '', option.reloadable === true ? 'Reloaded.' : ''].filter((note) => note !== '').join(' ');
  const cells = [`\`${key}\``, kindText(option), defaultText(option), variables(key, option), `${option.doc}${notes === '' ? '' : ` *${notes}*`}`];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
};

const HEAD = `# Configuration

<!-- Made by tools/docs/config.ts from src/config/options.ts. Do not edit. -->

Everything has a default; Purser runs without a config file.

- **File:** \`purser.config.yaml\`, \`.yml\`, \`.json\`, \`.js\`, \`.mjs\` or \`.cjs\`, looked for from the working directory upwards, or named by \`PURSER_CONFIG\`
  (\`none\` looks for no file). A file above the working directory is not taken from a folder that everybody may write to.
  Only a plain file is read: a folder or a pipe of such a name is passed over where it is looked for, and an error where it is named.
- **Order:** \`PURSER_*\` variables, then \`OTEL_*\` variables, then the file, then the default. An empty variable says nothing.
  Variables are read when the process starts: \`node --env-file\` works, what a library such as dotenv adds later is not seen.
- **References:** a text in a YAML or JSON file may hold \`\${NAME}\`, \`\${NAME:-default}\` and \`\${file:PATH}\`; \`$\${\` is a plain \`\${\`. Paths are taken from the folder of the file.
- **Times** are milliseconds, or \`500ms\`, \`2s\`, \`1h30m\`, \`7d\`. **Switches** take true/false, yes/no, on/off, 1/0. **Lists** and **mappings** in variables are
  \`a,b\` and \`name=value,name=value\`, or JSON.
- **Faults** never stop the app: each is reported once, with the key, the value seen, the value wanted, the file and line, and the default holds. With \`strict: true\` the first one stops the start.
- **Reloaded** options take effect when the file changes (not for JavaScript files); a bad edit keeps the last good values.
- **OpenTelemetry's variables** in the tables hold with and without a full SDK, and a full SDK (\`otel.mode: sdk-node\`) is told by them what the file says.
  What else an SDK reads (\`OTEL_LOGRECORD_*_LIMIT\`, \`OTEL_BLRP_*\`, \`OTEL_SPAN_LINK_COUNT_LIMIT\`) holds in that mode alone. Zipkin is not a place to send to.
- **Labels** of a call come from \`purser.with(labels, fn)\` and from headers and baggage of the request that is served (over HTTP/2 from Node 22.17 and 24.2 on; those of one that opens a WebSocket are not read), then from the call's own fields (OpenAI
  \`user\`, \`safety_identifier\`, \`metadata\`; Anthropic \`metadata.user_id\`), then from here. Of \`metadata\` the keys \`team\`, \`feature\`, \`tenant\`, \`user\`,
  \`prompt_name\` and \`prompt_version\` are labels.
- **Kill switch:** \`PURSER_DISABLED=1\` at the start, or the file named by \`disable_file\` while the process runs.

\`purser config\` shows what is in force and where each value came from; \`purser config --check FILE\` looks at a file before it is used.
Editors complete and check the file with \`"$schema": "node_modules/purser/schema/purser.schema.json"\`, or \`# yaml-language-server: $schema=…\` in YAML.
`;

/** The text of docs/CONFIG.md. */
export const configDoc = (): string => {
  const titles = [...new Set(OPTION_ROWS.map(([key]) => groupOf(key)))];
  const sections = titles.map((title) => {
    const rows = OPTION_ROWS.filter(([key]) => groupOf(key) === title).map(([key, option]) => row(key, option));
    return `## ${title}\n\n| Option | Value | Default | Variables | |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `${HEAD}\n${sections.join('\n')}`;
};

type Schema = { [key: string]: unknown };

const REFERENCE = { type: 'string', pattern: '\\$\\{[^}]+\\}' };

const scalarSchema = (option: Option): Schema => {
  const bounds = { ...(option.min === undefined ? {} : { minimum: option.min }), ...(option.max === undefined ? {} : { maximum: option.max }) };
  const schemas: Partial<Record<Option['kind'], Schema>> = {
    boolean: { type: 'boolean' },
    integer: { type: 'integer', ...bounds },
    number: { type: 'number', ...bounds },
    duration: {
      anyOf: [
        { type: 'number', ...bounds },
        { type: 'string', pattern: '^(\\d+(\\.\\d+)?\\s*(ms|s|sec|m|min|h|d|day|days|w)\\s*)+$' },
      ],
    },
    string: { type: 'string' },
    path: { type: 'string' },
    url: { type: 'string', pattern: `^(${option.values?.join('|')})://` },
    enum: { enum: [...(option.values ?? [])] },
  };
  const schema = schemas[option.kind];
  if (schema === undefined) throw new Error(`no JSON Schema for options of kind ${option.kind}`);
  return ['string', 'path'].includes(option.kind) ? schema : { anyOf: [schema, REFERENCE] };
};

const optionSchema = (option: Option): Schema => {
  const words = option.values === undefined ? { type: 'string' } : { enum: [...option.values] };
  if (option.kind === 'list') return { anyOf: [{ type: 'array', items: words }, { type: 'string' }] };
  if (option.kind === 'record') {
    const members =
      option.keys === undefined
        ? { additionalProperties: { type: ['string', 'number', 'boolean'] } }
        : { properties: Object.fromEntries(option.keys.map((key) => [key, words])), additionalProperties: false };
    return { anyOf: [{ type: 'object', ...members }, { type: 'string' }] };
  }
  return option.kind === 'structured' ? { type: ['array', 'object'] } : scalarSchema(option);
};

const described = (option: Option): Schema => ({
  description: option.doc,
  ...(option.default === undefined ? {} : { default: option.default }),
  ...optionSchema(option),
});

/** The JSON Schema of a config file. */
export const configSchema = (): Schema => {
  const root: { properties: Schema } = { properties: { $schema: { type: 'string' } } };
  for (const [key, option] of OPTION_ROWS) {
    const path = key.split('.');
    let { properties } = root;
    for (const part of path.slice(0, -1)) {
      const group = (properties[part] ??= { type: ['object', 'null'], properties: {}, additionalProperties: false }) as { properties: Schema };
      ({ properties } = group);
    }
    properties[path.at(-1) ?? key] = described(option);
  }
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: 'purser.config', type: 'object', ...root, additionalProperties: false };
};

if (import.meta.main) publish({ 'docs/CONFIG.md': configDoc(), 'schema/purser.schema.json': `${JSON.stringify(configSchema(), null, 2)}\n` });
