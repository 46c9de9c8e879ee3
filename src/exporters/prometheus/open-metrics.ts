import type { Registry } from 'prom-client';
import type { PromClientModule } from './prometheus-settings.ts';

/**
 * Gives the page in OpenMetrics, with exemplars. prom-client takes `_total` off the name of each counter that it writes so, for good;
 * stand-ins keep the app's own text page as it was.
 * @source prom-client 15.1, lib/registry.js, standardizeCounterName
 */
export const openMetricsText = (client: PromClientModule): Promise<string> => {
  const registry = new client.Registry<typeof client.openMetricsContentType>();
  registry.setContentType(client.openMetricsContentType);
  for (const metric of client.register.getMetricsAsArray()) {
    const standIn = Object.create(metric, { name: { value: metric.name, writable: true } }) as Parameters<Registry['registerMetric']>[0];
    registry.registerMetric(standIn);
  }
  return registry.metrics();
};
