import { parser } from '@prometheus-io/lezer-promql';

/** What an expression of PromQL says, for comparing with the catalog. */
export interface Reading {
  /** Where the syntax is wrong, as text; empty when it is right. */
  readonly faults: readonly string[];
  readonly selectors: readonly { readonly metric: string; readonly labels: readonly string[]; readonly ranged: boolean }[];
  /** Labels of `by`, `on`, `ignoring` and the like. */
  readonly grouping: readonly string[];
  /** The functions around each metric, from the inside out. */
  readonly around: ReadonlyMap<string, readonly string[]>;
}

/** Puts plain durations in the place of Grafana's. */
export const withoutMacros = (expression: string): string =>
  expression.replaceAll('$__rate_interval', '5m').replaceAll('$__range', '6h').replaceAll('$__interval', '1m');

type Node = ReturnType<ReturnType<typeof parser.parse>['cursor']>['node'];

const functionsAround = (node: Node, text: string): string[] => {
  const names: string[] = [];
  for (let up = node.parent; up !== null; up = up.parent) {
    if (up.name === 'FunctionCall' || up.name === 'AggregateExpr') names.push(/^\w+/.exec(text.slice(up.from, up.to))?.[0] ?? '');
  }
  return names;
};

/** Reads an expression; Grafana's variables may be in it. */
export const readPromql = (expression: string): Reading => {
  const text = withoutMacros(expression);
  const faults: string[] = [];
  const selectors: { metric: string; labels: string[]; ranged: boolean }[] = [];
  const grouping: string[] = [];
  const around = new Map<string, readonly string[]>();
  parser.parse(text).iterate({
    enter: (reference) => {
      const { node } = reference;
      if (node.type.isError) faults.push(`at ${node.from}: ${text.slice(Math.max(0, node.from - 20), node.to + 20)}`);
      if (node.name === 'VectorSelector') {
        const name = node.getChild('Identifier');
        const metric = name === null ? '' : text.slice(name.from, name.to);
        const labels: string[] = [];
        for (const matcher of node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []) {
          const label = matcher.getChild('LabelName');
          if (label !== null) labels.push(text.slice(label.from, label.to));
        }
        selectors.push({ metric, labels, ranged: node.parent?.name === 'MatrixSelector' });
        around.set(metric, [...(around.get(metric) ?? []), ...functionsAround(node, text)]);
      }
      if (node.name === 'GroupingLabels') for (const label of node.getChildren('LabelName')) grouping.push(text.slice(label.from, label.to));
    },
  });
  return { faults, selectors, grouping, around };
};
