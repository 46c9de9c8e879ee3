import { relative } from 'node:path';
import { sharedApi } from '../../runtime/shared-api.ts';
import type { Check, Finding, Patient } from './finding.ts';
import { allInstalled, installed, type Installed } from './installed.ts';

interface SupportedSdk {
  readonly name: string;
  readonly option: 'openai' | 'anthropic' | 'googleGenai' | 'googleGenerativeai';
  /** Versions from the first to below the second, as [major, minor]. */
  readonly from: readonly [number, number];
  readonly below: readonly [number, number];
  readonly words: string;
}

const SDKS: readonly SupportedSdk[] = [
  { name: 'openai', option: 'openai', from: [5, 0], below: [8, 0], words: '5 to 7' },
  { name: '@anthropic-ai/sdk', option: 'anthropic', from: [0, 60], below: [2, 0], words: '0.60 to 1' },
  { name: '@google/genai', option: 'googleGenai', from: [1, 0], below: [4, 0], words: '1 to 3' },
  { name: '@google/generative-ai', option: 'googleGenerativeai', from: [0, 24], below: [0, 25], words: '0.24' },
];

const isBelow = (version: string, [major, minor]: readonly [number, number]): boolean => {
  const [haveMajor = 0, haveMinor = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return haveMajor < major || (haveMajor === major && haveMinor < minor);
};

const place = ({ folder }: Installed, { io }: Patient): string => relative(io.cwd, folder);

const sdkFinding = (sdk: SupportedSdk, copy: Installed, patient: Patient): Finding => {
  const what = `${sdk.name} ${copy.version} (${place(copy, patient)})`;
  if (!patient.loaded.config.instrument[sdk.option]) {
    return { check: 'sdk', level: 'warning', message: `${what} is not instrumented by configuration.`, advice: 'Set its key under instrument to true.' };
  }
  if (isBelow(copy.version, sdk.from)) {
    return {
      check: 'sdk',
      level: 'warning',
      message: `${what} is older than the tested versions ${sdk.words}.`,
      advice: `Update ${sdk.name}; until then its calls may only be seen on the wire.`,
    };
  }
  if (!isBelow(copy.version, sdk.below)) {
    return {
      check: 'sdk',
      level: 'warning',
      message: `${what} is newer than the tested versions ${sdk.words}.`,
      advice: 'Look for a newer purser; until then its calls may only be seen on the wire.',
    };
  }
  return { check: 'sdk', level: 'good', message: `${what} is in the tested range ${sdk.words}.` };
};

const sdks: Check = (patient) => {
  const findings = SDKS.flatMap((sdk) => allInstalled(patient.io.cwd, sdk.name).map((copy) => sdkFinding(sdk, copy, patient)));
  if (findings.length > 0) return findings;
  return [
    {
      check: 'sdk',
      level: 'warning',
      message: `No provider SDK is installed for ${patient.io.cwd}.`,
      advice: 'Run the doctor in the folder of the app; calls by fetch and in bundles are seen on the wire.',
    },
  ];
};

// Packages that make spans of the same calls, and how to keep them from it.
const OTHERS: Readonly<Record<string, string>> = {
  '@opentelemetry/instrumentation-openai': 'Remove it, or set OTEL_NODE_DISABLED_INSTRUMENTATIONS=openai.',
  '@opentelemetry/auto-instrumentations-node': 'It instruments openai too: set OTEL_NODE_DISABLED_INSTRUMENTATIONS=openai.',
  '@traceloop/node-server-sdk': 'Initialise it with instrumentModules that leave the provider SDKs out.',
  '@traceloop/instrumentation-openai': 'Remove it from the instrumentations of your SDK.',
  '@traceloop/instrumentation-anthropic': 'Remove it from the instrumentations of your SDK.',
  '@arizeai/openinference-instrumentation-openai': 'Remove it from the instrumentations of your SDK.',
  '@arizeai/openinference-instrumentation-anthropic': 'Remove it from the instrumentations of your SDK.',
  '@langtrase/typescript-sdk': 'Disable its provider instrumentations.',
  '@langfuse/openai': 'Give calls the plain client, in place of what observeOpenAI gives.',
  langfuse: 'Give calls the plain client, in place of what observeOpenAI gives.',
  openlit: 'Disable its instrumentations of the provider SDKs.',
  'dd-trace': 'Set DD_TRACE_DISABLED_INSTRUMENTATIONS=openai,anthropic,google-genai.',
  '@sentry/node': 'Leave its AI integrations out (openAIIntegration, anthropicAIIntegration, googleGenAIIntegration).',
  newrelic: 'Set NEW_RELIC_AI_MONITORING_ENABLED=false.',
};

const doubles: Check = ({ io }) =>
  Object.entries(OTHERS).flatMap(([name, advice]): readonly Finding[] => {
    const copy = installed(io.cwd, name);
    if (copy === undefined || io.env.OTEL_NODE_DISABLED_INSTRUMENTATIONS?.includes('openai') === true) return [];
    return [{ check: 'double', level: 'warning', message: `${name} ${copy.version} may make spans of the same calls.`, advice }];
  });

const own: Check = ({ io }) => {
  if (installed(io.cwd, 'purser') !== undefined) return [{ check: 'installed', level: 'good', message: 'purser is installed for this folder.' }];
  return [
    {
      check: 'installed',
      level: 'warning',
      message: `purser is not installed for ${io.cwd}, so that --require purser/register fails there.`,
      advice: 'Run npm install purser, or start the app with purser run.',
    },
  ];
};

/** A full SDK is particular about the api, which it finds from where Purser is. */
const fullSdk: Check = ({ loaded }) => {
  const { mode, configFile } = loaded.config.otel;
  const found = mode === 'sdk-node' || (mode === 'auto' && configFile !== undefined) ? sharedApi() : undefined;
  if (typeof found !== 'string') return [];
  const message = `The full OpenTelemetry SDK that is asked for cannot be started, ${found}.`;
  return [{ check: 'sdk_node', level: 'broken', message, advice: 'Run npm install @opentelemetry/api@1.10.' }];
};

const api: Check = ({ io }) => {
  const copies = allInstalled(io.cwd, '@opentelemetry/api');
  const [first] = copies;
  if (first === undefined) return [{ check: 'api', level: 'good', message: 'The app has no @opentelemetry/api, and needs none: Purser brings its own.' }];
  if (isBelow(first.version, [1, 9]) || !isBelow(first.version, [1, 11])) {
    return [
      {
        check: 'api',
        level: 'broken',
        message: `@opentelemetry/api ${first.version} is out of the range 1.9 to 1.10.`,
        advice: 'Run npm install @opentelemetry/api@1.10.',
      },
    ];
  }
  const versions = [...new Set(copies.map(({ version }) => version))];
  if (versions.length > 1) {
    return [
      {
        check: 'api',
        level: 'warning',
        message: `@opentelemetry/api is installed in several versions (${versions.join(', ')}); spans of one copy may not be seen by another.`,
        advice: 'Run npm dedupe, or pin one version with overrides.',
      },
    ];
  }
  return [{ check: 'api', level: 'good', message: `@opentelemetry/api ${first.version} is in range.` }];
};

/** Which packages the app has, and whether they go together. */
export const PACKAGE_CHECKS: readonly Check[] = [own, sdks, api, fullSdk, doubles];
