import type { Redactor } from '../call/redactor.ts';

/**
 * Resource attributes that are never sent: they hold whole command lines, paths with user names, or the machine's identity.
 * @source https://opentelemetry.io/docs/specs/semconv/resource/process/ (1.34: command_args "SHOULD NOT be collected by default")
 */
export const DROPPED_RESOURCE_ATTRIBUTES: ReadonlySet<string> = new Set([
  'process.command',
  'process.command_args',
  'process.command_line',
  'process.owner',
  'process.user.name',
  'process.real_user.name',
  'process.saved_user.name',
  'process.executable.path',
  'process.working_directory',
  'process.environment_variable',
  'host.id',
]);

const isDropped = (key: string): boolean => DROPPED_RESOURCE_ATTRIBUTES.has(key) || key.startsWith('process.environment_variable.');

/** Gives resource attributes without command lines and the like, and every other value cleaned. */
export const cleanResourceAttributes = (redactor: Redactor, attributes: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const clean: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(attributes)) {
    if (isDropped(key)) continue;
    const after = redactor.value(value, key, 'resource');
    if (after !== undefined) clean[key] = after;
  }
  return clean;
};
