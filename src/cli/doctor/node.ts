import { FULL_SUPPORT, hookSupport } from '../../hooks/support.ts';
import type { Check, Finding } from './finding.ts';

const FOUND: Readonly<Record<ReturnType<typeof hookSupport>, Pick<Finding, 'level' | 'message'>>> = {
  full: { level: 'good', message: 'sees CommonJS and ES modules' },
  commonjs: { level: 'warning', message: 'lets CommonJS modules be hooked only; ES modules are seen on the wire alone' },
  none: { level: 'broken', message: 'has no hooks that are safe to use; nothing is instrumented' },
};

const hooks: Check = ({ nodeVersion }) => {
  const { level, message } = FOUND[hookSupport(nodeVersion)];
  return [{ check: 'node', level, message: `Node ${nodeVersion} ${message}.`, ...(level === 'good' ? {} : { advice: `Use Node ${FULL_SUPPORT}.` }) }];
};

const options: Check = ({ io }) => {
  const given = io.env.NODE_OPTIONS ?? '';
  const findings: Finding[] = [];
  if (/--no-experimental-require-module\b/.test(given)) {
    findings.push({
      check: 'require_module',
      level: 'broken',
      message: 'NODE_OPTIONS tells Node not to load ES modules by require, as Purser loads its own; nothing is instrumented.',
      advice: 'Leave --no-experimental-require-module out.',
    });
  }
  if (/--(?:experimental-)?permission\b/.test(given)) {
    findings.push({
      check: 'permission',
      level: 'warning',
      message: 'NODE_OPTIONS switches the permission model on.',
      advice:
        'Allow reading of the purser package and the config file, the network to the exporter, and threads (--allow-worker): without these, what is unsent at process.exit() is lost, and budgets in SQLite have no store.',
    });
  }
  return findings;
};

const killSwitch: Check = ({ loaded }) => {
  if (loaded.config.enabled) return [];
  const origin = loaded.origins.get('enabled') ?? 'default';
  return [{ check: 'enabled', level: 'warning', message: `Purser is switched off by ${origin}.`, advice: 'Unset it to see calls again.' }];
};

/** What Node can do here, and what its options take away. */
export const NODE_CHECKS: readonly Check[] = [hooks, options, killSwitch];
