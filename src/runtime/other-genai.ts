import { createRequire } from 'node:module';
import { guard } from '../base/diag.ts';

/** Another instrumentation of a provider SDK, in the part of it that says whether it is at work. */
interface Instrumentation {
  isEnabled(): boolean;
}

/**
 * The package whose wrappers ask `isEnabled` before each call.
 * @source @opentelemetry/instrumentation-openai 0.18 to 0.22
 */
const FILE = /[\\/]@opentelemetry[\\/]instrumentation-openai[\\/](?:build[\\/]src|dist)[\\/]instrumentation\.c?js$/;

const quieted = new WeakSet<object>();

const quiet = (found: unknown, ours: () => boolean): void => {
  const prototype = typeof found === 'function' ? (found.prototype as (Instrumentation & object) | undefined) : undefined;
  if (prototype === undefined || typeof prototype.isEnabled !== 'function' || quieted.has(prototype)) return;
  quieted.add(prototype);
  const inherited = Reflect.get<Instrumentation, 'isEnabled'>(prototype, 'isEnabled');
  prototype.isEnabled = function isEnabled(this: Instrumentation): boolean {
    return !ours() && Reflect.apply(inherited, this, []);
  };
};

/**
 * Keeps OpenTelemetry's own instrumentation of openai from making a second span and second metrics of every call, for as long as
 * ours sees them. To be called while openai loads: whoever instruments it was there before, and wraps it only afterwards.
 * @param ours whether calls are seen by us at this moment
 */
export const quietOtherGenai = (ours: () => boolean): void => {
  guard('other_genai', () => {
    for (const [file, module] of Object.entries(createRequire(import.meta.url).cache)) {
      if (FILE.test(file)) quiet((module?.exports as { readonly OpenAIInstrumentation?: unknown } | undefined)?.OpenAIInstrumentation, ours);
    }
  });
};
