import { extname } from 'node:path';
import type * as Yaml from 'yaml';
import type { FileAccess } from './files.ts';
import { shownText } from './hide.ts';
import { linesOfJson, pathId } from './json-lines.ts';

/** A part of a document, from its root. */
export type DocumentPath = readonly (string | number)[];

/** The content of a config file, and where its parts stand. */
export type ConfigDocument =
  | { readonly ok: true; readonly value: unknown; readonly interpolates: boolean; lineOf(path: DocumentPath): number | undefined }
  | { readonly ok: false; readonly reason: string; readonly line: number | undefined };

// Parser messages quote the text, which may hold a secret; their codes do not.
const yamlReason = (error: Yaml.YAMLError): string => `not valid YAML, ${error.code.toLowerCase().replaceAll('_', ' ')}`;

interface Step {
  readonly node: unknown;
  readonly offset: number | undefined;
}

const stepInto = (yaml: typeof Yaml, node: unknown, part: string | number): Step | undefined => {
  if (yaml.isMap(node)) {
    const pair = node.items.find((item) => yaml.isScalar(item.key) && String(item.key.value) === String(part));
    return yaml.isScalar(pair?.key) ? { node: pair.value, offset: pair.key.range?.[0] } : undefined;
  }
  if (!yaml.isSeq(node)) return undefined;
  const member = node.items[Number(part)];
  return yaml.isNode(member) ? { node: member, offset: member.range?.[0] } : undefined;
};

// A part that a merge or an alias brought in is found at the nearest parent that stands in the text.
const lineInYaml = (yaml: typeof Yaml, root: Yaml.Document, counter: Yaml.LineCounter, path: DocumentPath): number | undefined => {
  let node: unknown = root.contents;
  let offset: number | undefined;
  for (const part of path) {
    const step = stepInto(yaml, yaml.isAlias(node) ? node.resolve(root) : node, part);
    if (step === undefined) break;
    node = step.node;
    offset = step.offset ?? offset;
  }
  return offset === undefined ? undefined : counter.linePos(offset).line;
};

const requireFrom = (place: string): NodeJS.Require => process.getBuiltinModule('node:module').createRequire(place);

const readYaml = (text: string): ConfigDocument => {
  // Loaded only when a YAML file is there: it costs more than all the rest of the configuration.
  const yaml = requireFrom(import.meta.url)('yaml') as typeof Yaml;
  const counter = new yaml.LineCounter();
  const root = yaml.parseDocument(text, { lineCounter: counter, prettyErrors: false, logLevel: 'silent' });
  const [error] = root.errors;
  if (error !== undefined) return { ok: false, reason: yamlReason(error), line: counter.linePos(error.pos[0]).line };
  const value: unknown = root.toJS({ maxAliasCount: 100 });
  return { ok: true, value, interpolates: true, lineOf: (path) => lineInYaml(yaml, root, counter, path) };
};

const readJson = (text: string): ConfigDocument => {
  try {
    const value: unknown = JSON.parse(text);
    let lines: ReadonlyMap<string, number> | undefined;
    const lineOf = (path: DocumentPath): number | undefined => (lines ??= linesOfJson(text)).get(pathId(path));
    return { ok: true, value, interpolates: true, lineOf };
  } catch (error) {
    const found = /\(line (\d+) /.exec(String(error))?.[1];
    return { ok: false, reason: 'not valid JSON', line: found === undefined ? undefined : Number(found) };
  }
};

const readScript = (path: string, files: FileAccess): ConfigDocument => {
  // require() of a pipe would wait for its writer; reading tells why there is no file.
  if (!files.isFile(path)) files.read(path);
  // require() also loads ES modules, and at once; an asynchronous one is refused by Node.
  const loaded: unknown = requireFrom(path)(path);
  const value: unknown = typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : loaded;
  return { ok: true, value, interpolates: false, lineOf: () => undefined };
};

/** Reads and parses a config file by its ending. Never throws. */
export const readConfigFile = (path: string, files: FileAccess): ConfigDocument => {
  try {
    if (/^\.[cm]?[jt]s$/.test(extname(path))) return readScript(path, files);
    const text = files.read(path).replace(/^\uFEFF/, '');
    return extname(path) === '.json' ? readJson(text) : readYaml(text);
  } catch (error) {
    return { ok: false, reason: shownText(error instanceof Error ? error.message.split('\n', 1).join('') : String(error)), line: undefined };
  }
};
