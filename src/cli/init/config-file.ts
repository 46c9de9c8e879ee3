import type { Choices } from './choices.ts';

// A JSON string is a YAML string, whatever is in it; a reference to a variable is not meant.
const quoted = (text: string): string => JSON.stringify(text.replaceAll('${', () => '$${'));

const otlp = ({ endpoint, collector }: Choices): string =>
  collector === 'gateway'
    ? `otlp:
  endpoint: ${quoted(endpoint)}
  headers:
    # The token that the gateway asks for; it comes from the environment and never stands in a file.
    authorization: Bearer \${PURSER_TOKEN:-}
  # certificate: tls/ca.crt
`
    : `otlp:
  endpoint: ${quoted(endpoint)}
`;

// Metrics and stores know a budget by its id: two services must not share one by accident. `a/b` and the like are no ids.
const budgetId = (service: string): string => {
  const name = service
    .replaceAll(/[^\w.-]+/g, '-')
    .slice(0, 90)
    .replaceAll(/^-+|-+$/g, '');
  return name === '' ? 'month' : `${name}-month`;
};

const budgets = ({ budgetUsd, service }: Choices): string =>
  budgetUsd === undefined
    ? `# budgets:
#   - id: ${budgetId(service)}
#     limit: 100
#     window: month
#     thresholds: [50%, 80%, 100%]
#     mode: alert      # enforce refuses calls that would exceed it
`
    : `budgets:
  - id: ${budgetId(service)}
    limit: ${budgetUsd}
    window: month
    thresholds: [50%, 80%, 100%]
    # alert tells; enforce refuses calls that would exceed the limit.
    mode: alert
`;

/** The text of `purser.config.yaml` for these choices. */
export const configFile = (choices: Choices): string => {
  const { service, environment, team, metrics } = choices;
  const labels = [`  service: ${quoted(service)}`];
  if (environment !== undefined) labels.push(`  environment: ${quoted(environment)}`);
  if (team !== undefined) labels.push(`  team: ${quoted(team)}`);
  const exporters = metrics === 'otlp' ? 'exporters:\n  metrics: [otlp]\n' : 'exporters:\n  metrics: [prometheus]\nprometheus:\n  port: 9464\n';
  return `# yaml-language-server: $schema=node_modules/purser/schema/purser.schema.json
# Start the service with: node --require purser/register app.js
# Every option is in docs/CONFIG.md of the package; variables of the environment go before this file; "purser config" shows what is in force.
labels:
${labels.join('\n')}
${otlp(choices)}${exporters}telemetry:
  # Prompts and answers are not recorded. span, event or both would record them, cleaned of secrets.
  content: none
${budgets(choices)}`;
};
