import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { configPath } from '../../../src/config/config.ts';
import { OPTION_ROWS } from '../../../src/config/options.ts';

// Inside the repository, so that the packages are found.
const folder = resolve(`.cache/options-${process.pid}`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Read by the SDK of otel.mode sdk-node alone, which is told by their standard variables (otel-variables.test.ts).
const HANDED_ON: ReadonlySet<string> = new Set(['otel.resourceDetectors', 'otel.propagators']);

const typeName = (path: readonly string[]): string => `Config_${path.join('_')}`;

/** The type of the configuration without these options, each group being a type with a name that the compiler repeats. */
const typesWithout = (unread: ReadonlySet<string>): string => {
  const groups = new Map<string, string[]>([[typeName([]), []]]);
  for (const [key] of OPTION_ROWS) {
    const path = configPath(key);
    for (let depth = 0; depth < path.length; depth += 1) {
      const name = typeName(path.slice(0, depth));
      const part = path[depth] ?? '';
      const isOption = depth === path.length - 1;
      const member = isOption ? `readonly ${part}: OptionValues['${key}'];` : `readonly ${part}: ${typeName(path.slice(0, depth + 1))};`;
      const members = groups.get(name) ?? [];
      groups.set(name, members);
      if (!members.includes(member) && !(isOption && unread.has(path.join('.')))) members.push(member);
    }
  }
  return [...groups].map(([name, members]) => `interface ${name} { readonly '#name': '${name}'; ${members.join(' ')} }`).join('\n');
};

/** Compiles the house without these options, and gives those whose absence the compiler notices. */
const missed = (unread: ReadonlySet<string>): ReadonlySet<string> => {
  const types = `import type { OptionValues } from './options.ts';\n${typesWithout(unread)}\nexport type Config = ${typeName([])};\n`;
  const file = `${folder}/src/config/config.ts`;
  const path = /\/\*\* The path of an option[\s\S]*$/.exec(readFileSync('src/config/config.ts', 'utf8'))?.[0] ?? '';
  writeFileSync(file, types + path);
  // On one thread: several would each work out the same types anew, for half as much computing again.
  const { stdout } = spawnSync('node_modules/.bin/tsc', ['-p', `${folder}/tsconfig.json`, '--pretty', 'false', '--singleThreaded'], { encoding: 'utf8' });
  const one = [...stdout.matchAll(/Property '(\w+)' (?:does not exist on|is missing in) type '([^']*)'/g)].map(([, member = '', on = '']) => ({
    members: [member],
    on,
  }));
  const several = [...stdout.matchAll(/Type '([^']*)' is missing the following properties from type '[^']*': ([\w, ]+)/g)];
  const missing = [...one, ...several.map(([, on = '', members = '']) => ({ members: members.split(', '), on }))];
  return new Set(
    missing.flatMap(({ members, on }) =>
      [...on.matchAll(/Config_(\w*)/g)].flatMap(([, group = '']) =>
        members.map((member) => [...group.split('_').filter((part) => part !== ''), member].join('.')),
      ),
    ),
  );
};

test('every option of the table is read by somebody: without it, the house does not compile', { timeout: 120_000 }, () => {
  mkdirSync(folder, { recursive: true });
  cpSync('src', `${folder}/src`, { recursive: true });
  writeFileSync(
    `${folder}/tsconfig.json`,
    JSON.stringify({ extends: '../../tsconfig.json', compilerOptions: { noEmit: true, rootDir: '.' }, include: ['src'], exclude: [] }),
  );
  const unread = new Set(OPTION_ROWS.map(([key]) => configPath(key).join('.')));
  const left = (): readonly string[] => [...unread].filter((option) => !HANDED_ON.has(option));
  // Of a group that is read by a name which is only known at run time, the compiler names one member at a time.
  while (left().length > 0) {
    const before = unread.size;
    for (const option of missed(unread)) unread.delete(option);
    if (unread.size === before) break;
  }
  expect(left()).toEqual([]);
});
