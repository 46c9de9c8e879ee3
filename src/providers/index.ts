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

/** Hands a module of an SDK to its adapter; gives the replacements for bindings that can only be set from inside the module. */
export const adapt = (opener: CallOpener, settings: AdapterSettings, target: string, bindings: Bindings, url: string): Bindings | undefined => {
  const where = asUrl(url);
  switch (target) {
    case 'openai':
      if (settings.openai) patchOpenAI(opener, bindings, versionOf(where, 'openai'));
      return undefined;
    case 'openai.tools':
      if (settings.openai) patchOpenAITools(opener, bindings);
      return undefined;
    case 'anthropic':
      if (settings.anthropic) patchAnthropic(opener, bindings, versionOf(where, '@anthropic-ai/sdk'), settings.anthropicTracingAsked);
      return undefined;
    case 'anthropic.tools':
      if (settings.anthropic) patchAnthropicTools(opener, bindings);
      return undefined;
    case 'google-genai':
      if (settings.googleGenai) patchGenAI(opener, bindings, versionOf(where, '@google/genai'));
      return undefined;
    case 'google-generativeai':
      return settings.googleGenerativeai ? patchGenerativeAI(opener, bindings, versionOf(where, '@google/generative-ai')) : undefined;
    default:
      return undefined;
  }
};
