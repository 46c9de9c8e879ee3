import { loadConfig } from '../config/load.ts';
import { STATION_CHECKS } from '../runtime/station-checks.ts';
import { readArguments, wrongArguments } from './arguments.ts';
import { exporters } from './doctor/exporter.ts';
import type { Check, Finding, Level, Patient } from './doctor/finding.ts';
import { hooks } from './doctor/hooks.ts';
import { LOCAL_CHECKS } from './doctor/local.ts';
import { NODE_CHECKS } from './doctor/node.ts';
import { PACKAGE_CHECKS } from './doctor/packages.ts';
import { STORE_CHECKS } from './doctor/store.ts';
import type { Io } from './io.ts';

const CHECKS: readonly Check[] = [...NODE_CHECKS, ...PACKAGE_CHECKS, hooks, ...LOCAL_CHECKS, exporters, ...STORE_CHECKS];

const MARK: Readonly<Record<Level, string>> = { good: 'good   ', warning: 'look   ', broken: 'BROKEN ' };

const looked = async (check: Check, patient: Patient): Promise<readonly Finding[]> => {
  try {
    return await check(patient);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [{ check: 'doctor', level: 'warning', message: `A check failed: ${why}.`, advice: 'Please report this.' }];
  }
};

/** Looks at everything that can keep Purser from working in `patient`. */
export const examine = async (patient: Patient): Promise<readonly Finding[]> => (await Promise.all(CHECKS.map((check) => looked(check, patient)))).flat();

const asText = (findings: readonly Finding[]): string => {
  const lines = findings.map(({ level, message, advice }) => `${MARK[level]}${message}\n${advice === undefined ? '' : `       -> ${advice}\n`}`);
  const count = (level: Level): number => findings.filter((finding) => finding.level === level).length;
  return `${lines.join('')}\n${count('broken')} broken, ${count('warning')} to look at, ${count('good')} good.\n`;
};

/** `purser doctor`: what keeps Purser from working here, each finding with what to do. Exit code 1 when something is broken. */
export const run = async (args: readonly string[], io: Io): Promise<number> => {
  const { values, positionals } = readArguments('doctor', args, { json: { type: 'boolean' } });
  if (positionals.length > 0) throw wrongArguments('doctor', args, 'no further words');
  const json = values.json === true;
  const loaded = loadConfig({ env: io.env, cwd: io.cwd, checks: STATION_CHECKS });
  const findings = await examine({ io, loaded, nodeVersion: process.versions.node, nowMs: Date.now() });
  const broken = findings.filter(({ level }) => level === 'broken').length;
  io.stdout.write(json ? `${JSON.stringify({ broken, findings }, null, 2)}\n` : asText(findings));
  return broken === 0 ? 0 : 1;
};
