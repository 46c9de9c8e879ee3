/** Every way in which an app brings its own OpenTelemetry along: real packages, a child process each, judged by what the receivers got. Writes docs/HOSTS.md. */
import { reportBench } from '../../support/report.ts';
import { hostsPage } from './hosts-page.ts';
import { installHosts } from './install-hosts.ts';
import { SET_UPS } from './set-ups.ts';
import { trySetUp, type Tried } from './try-set-up.ts';
import { writeFileSync } from 'node:fs';

const only = process.argv[2];
const chosen = SET_UPS.filter(({ name, folder }) => only === undefined || name.includes(only) || folder === only);
installHosts(new Set(chosen.map(({ folder, installs }) => installs ?? folder)));
const tried: Tried[] = [];
for (const setUp of chosen) {
  const result = await trySetUp(setUp);
  tried.push(result);
  console.log(`${result.wrong.length === 0 ? 'ok    ' : 'WRONG '} ${setUp.name}  ${JSON.stringify(result.found)}`);
  for (const wrong of result.wrong) console.log(`         ${wrong}`);
}
if (only === undefined) writeFileSync('docs/HOSTS.md', hostsPage(tried));
const failed = tried.filter(({ wrong }) => wrong.length > 0).length;
reportBench('host-otel', { setUps: tried.length, failed }, { failed: 0 }, failed === 0);
