import { mkdirSync, writeFileSync } from 'node:fs';
import { rendered } from './all.ts';

const folder = new URL('../grafana/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const { file, json } of rendered()) {
  writeFileSync(new URL(file, folder), json);
  console.log(`dashboards/grafana/${file} ${(json.length / 1000).toFixed(1)} kB`);
}
