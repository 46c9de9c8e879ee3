import { readFileSync } from 'node:fs';
import type { CallOpener } from '../call/adapter.ts';
import { patchAnthropic, patchAnthropicTools } from './anthropic/adapter.ts';
import { patchGenAI } from './google-genai/adapter.ts';
import { patchGenerativeAI } from './google-generativeai/adapter.ts';
import { patchOpenAI, patchOpenAITools } from './openai/adapter.ts';

type Bindings = Readonly<Record<string, unknown>>;

/** What the owner's config says of one adapter. */
export interface AdapterSettings {
  readonly openai: boolean;
  readonly anthropic: boolean;
  readonly googleGenai: boolean;
  readonly googleGenerativeai: boolean;
  /** Whether the environment switches on the Anthropic SDK's own tracing by hand. */
  readonly anthropicTracingAsked: boolean;
}

/** The version in the package.json above a module of the package; `undefined` when it cannot be read. */
const versionOf = (url: string, name: string): string | undefined => {
  const at = url.lastIndexOf(`/node_modules/${name}/`);
  if (at < 0) return undefined;
  try {
    const manifest = JSON.parse(readFileSync(new URL(`${url.slice(0, at)}/node_modules/${name}/package.json`), 'utf8')) as { readonly version?: string };
    return manifest.version;
  } catch {
    return undefined;
  }
};

const asUrl = (url: string): string => (url.startsWith('file:') ? url : `file://${url}`);

type Adapter = (
  opener: CallOpener,
  settings: AdapterSettings,
  bindings: Bindings,
  versionOf: (name: string) => string | undefined,
) => Bindings | undefined | boolean;

/** One line for each module that hands something over; a provider is one folder and its lines here. */
const ADAPTERS: Readonly<Record<string, Adapter>> = {
  openai: (opener, { openai }, bindings, version) => openai && patchOpenAI(opener, bindings, version('openai')),
  'openai.tools': (opener, { openai }, bindings) => openai && patchOpenAITools(opener, bindings),
  anthropic: (opener, { anthropic, anthropicTracingAsked }, bindings, version) =>
    anthropic && patchAnthropic(opener, bindings, version('@anthropic-ai/sdk'), anthropicTracingAsked),
  'anthropic.tools': (opener, { anthropic }, bindings) => anthropic && patchAnthropicTools(opener, bindings),
  'google-genai': (opener, { googleGenai }, bindings, version) => googleGenai && patchGenAI(opener, bindings, version('@google/genai')),
  'google-generativeai': (opener, { googleGenerativeai }, bindings, version) =>
    googleGenerativeai ? patchGenerativeAI(opener, bindings, version('@google/generative-ai')) : undefined,
};

/** Hands a module of an SDK to its adapter; gives the replacements for bindings that can only be set from inside the module. */
export const adapt = (opener: CallOpener, settings: AdapterSettings, target: string, bindings: Bindings, url: string): Bindings | undefined => {
  const answer = ADAPTERS[target]?.(opener, settings, bindings, (name) => versionOf(asUrl(url), name));
  return typeof answer === 'object' ? answer : undefined;
};
