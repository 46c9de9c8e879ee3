import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { hookSupport } from '../../hooks/support.ts';
import { registerPath } from '../register-path.ts';
import type { Check, Finding, Patient } from './finding.ts';
import { installed } from './installed.ts';
import { plugNPlay } from './plug-n-play.ts';
import type { ProbeReport } from './probe.ts';

const TIMEOUT_MS = 15_000;
const SDKS = ['openai', '@anthropic-ai/sdk', '@google/genai', '@google/generative-ai'];

const probePath = (): string => fileURLToPath(new URL(`./probe.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url));

// Without the owner's settings: the probe looks at the hooks, and must not open ports or stores. Under Plug'n'Play no file of ours can be read without them.
const probeEnv = ({ env, cwd }: Patient['io']): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(env).filter(([name]) => !/^(PURSER|OTEL)_/.test(name) && (name !== 'NODE_OPTIONS' || plugNPlay(cwd) !== undefined))),
  PURSER_CONFIG: 'none',
  PURSER_QUIET: 'true',
  PURSER_STATUS_ENABLED: 'false',
  OTEL_TRACES_EXPORTER: 'none',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
});

const probe = (patient: Patient, names: readonly string[]): Promise<ProbeReport | undefined> =>
  new Promise((resolve) => {
    const args = ['--require', registerPath(), probePath(), patient.io.cwd, ...names];
    execFile(process.execPath, args, { cwd: patient.io.cwd, env: probeEnv(patient.io), timeout: TIMEOUT_MS, encoding: 'utf8' }, (_, stdout) => {
      try {
        resolve(JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as ProbeReport);
      } catch {
        resolve(undefined);
      }
    });
  });

const broken = (message: string, advice: string): Finding => ({ check: 'hooks', level: 'broken', message, advice });

/** Starts a small app with the preload, and looks whether its module hooks see the SDKs that are installed here. */
export const hooks: Check = async (patient) => {
  const names = SDKS.filter((name) => installed(patient.io.cwd, name) !== undefined);
  if (names.length === 0 || hookSupport(patient.nodeVersion) === 'none') return [];
  const report = await probe(patient, names);
  if (report === undefined)
    return [broken('An app with the preload does not come up.', `Run node --require ${registerPath()} with an empty file and look at its error.`)];
  if (!report.started) return [broken('The preload starts, but installs no module hooks.', 'Look at the line that it writes on stderr, without PURSER_QUIET.')];
  const missed = Object.keys(report.packages).filter((name) => report.packages[name] !== true);
  if (missed.length > 0)
    return [broken(`The module hooks do not see ${missed.join(', ')}.`, 'Compare its version with the tested ones; its calls are only seen on the wire.')];
  const seen = Object.keys(report.packages);
  return seen.length === 0 ? [] : [{ check: 'hooks', level: 'good', message: `The module hooks see ${seen.join(', ')}.` }];
};
