// Writes docs/REDACTION.md: the table of detectors comes from the code, the scores from the figures below, taken by the scripts named there.
// Usage: node tools/docs/redaction.ts [--check]
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DETECTORS, type DetectorEntry } from '../../src/redaction/detectors/detector-table.ts';

const target = fileURLToPath(new URL('../../docs/REDACTION.md', import.meta.url));
const intro = fileURLToPath(new URL('./redaction-intro.md', import.meta.url));

const GROUPS: Readonly<Record<DetectorEntry['group'], string>> = {
  own: 'The process’s own secrets',
  structure: 'By what surrounds the value',
  key: 'By the form of the key',
  personal: 'Personal data',
};
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
const link = (source: string): string => (source.startsWith('https://') && !source.includes(' ') ? `<${source}>` : cell(source));
const row = (entry: DetectorEntry): string =>
  `| \`${entry.name}\` | ${cell(entry.title)} | ${cell(entry.how)} | ${entry.on ? 'on' : 'off'} | ${link(entry.source)} |`;

/** The whole page, from the introduction and the table of detectors. */
export const redactionPage = (): string => {
  const tables = Object.entries(GROUPS).map(([group, title]) => {
    const rows = DETECTORS.filter((entry) => entry.group === group);
    return `### ${title} (${rows.length})\n\n| detector | what | how | default | format published at |\n|---|---|---|---|---|\n${rows.map(row).join('\n')}\n`;
  });
  return `${readFileSync(intro, 'utf8').trimEnd()}\n\n## Detectors (${DETECTORS.length})\n\nGenerated from \`src/redaction/detectors\` by \`node tools/docs/redaction.ts\`.\n\n${tables.join('\n')}`;
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const page = redactionPage();
  if (process.argv.includes('--check')) {
    if (readFileSync(target, 'utf8') !== page) {
      console.error('docs/REDACTION.md is not current: run node tools/docs/redaction.ts');
      process.exitCode = 1;
    }
  } else writeFileSync(target, page);
}
