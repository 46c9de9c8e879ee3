import type { LoadedConfig } from './load.ts';
import type { Option } from './option.ts';
import { OPTION_ROWS } from './options.ts';

/** The standard variable of an option; `undefined` when it has none. */
export const standardVariable = ({ also }: Option): string | undefined =>
  also?.find((source): source is string => typeof source === 'string' && source.startsWith('OTEL_'));

const pairs = (record: Readonly<Record<string, string>>): string =>
  Object.entries(record)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join(',');

const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(',');
  return typeof value === 'object' && value !== null ? pairs(value as Readonly<Record<string, string>>) : String(value);
};

/**
 * What the standard variables would have to say for the configuration in force, as far as they do not say it already: for an SDK, which knows
 * nothing of a config file of ours.
 */
export const otelVariables = ({ config, origins, values }: LoadedConfig): Readonly<Record<string, string>> => {
  const variables: Record<string, string> = {};
  for (const [key, option] of OPTION_ROWS) {
    const name = standardVariable(option);
    const origin = origins.get(key) ?? 'default';
    const value = values.get(key);
    if (name !== undefined && value !== undefined && origin !== 'default' && origin !== `env:${name}`) variables[name] = textOf(value);
  }
  // The port and its page are ours, with the names that dashboards know; an SDK beside it would find the port taken.
  const { metrics } = config.exporters;
  if (metrics.includes('prometheus')) variables['OTEL_METRICS_EXPORTER'] = textOf(metrics.filter((exporter) => exporter !== 'prometheus'));
  const { environment } = config.labels;
  const resource = { ...(environment === undefined ? {} : { 'deployment.environment.name': environment }), ...config.otel.resourceAttributes };
  if (Object.keys(resource).length > 0) variables['OTEL_RESOURCE_ATTRIBUTES'] = pairs(resource);
  return variables;
};
