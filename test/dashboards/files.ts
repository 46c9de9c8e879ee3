import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

export const DASHBOARDS = new URL('../../dashboards/', import.meta.url);

/** A panel as it is in JSON, as far as tests read it. */
export interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly TargetJson[];
  readonly transformations?: readonly { readonly id: string; readonly options: Readonly<Record<string, unknown>> }[];
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly noValue?: string;
      readonly thresholds?: { readonly steps: readonly { readonly value: number | null; readonly color: string }[] };
    };
    readonly overrides: readonly {
      readonly matcher: { readonly id: string; readonly options?: string };
      readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
    }[];
  };
}

/** A query of a panel. */
export interface TargetJson {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly datasource?: { readonly uid: string };
  readonly instant?: boolean;
  readonly range?: boolean;
  readonly exemplar?: boolean;
}

/** A dashboard as it is in JSON, as far as tests read it. */
export interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly description?: string;
  readonly schemaVersion: number;
  readonly editable?: boolean;
  readonly tags: readonly string[];
  readonly links: readonly { readonly type: string; readonly tags: readonly string[]; readonly includeVars: boolean; readonly keepTime: boolean }[];
  readonly panels: readonly PanelJson[];
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr?: string; readonly datasource?: { readonly uid: string } }[] };
  readonly templating: {
    readonly list: readonly {
      readonly name: string;
      readonly type: string;
      readonly definition?: string;
      readonly refresh?: number;
      readonly multi?: boolean;
      readonly includeAll?: boolean;
      readonly allValue?: string;
    }[];
  };
}

const read = (path: string): string => readFileSync(new URL(path, DASHBOARDS), 'utf8');

/** The committed dashboards. */
export const dashboards = (): readonly { readonly file: string; readonly text: string; readonly json: DashboardJson }[] =>
  readdirSync(new URL('grafana/', DASHBOARDS))
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const text = read(`grafana/${file}`);
      return { file, text, json: JSON.parse(text) as DashboardJson };
    });

/** A rule: it records a series or raises an alert. */
export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

/** The rules of one file in dashboards/prometheus. */
export const rules = (file: string): readonly Rule[] => (parse(read(`prometheus/${file}`)) as RuleFile).groups.flatMap((group) => group.rules);

interface RuleTests {
  readonly tests: readonly { readonly alert_rule_test?: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[] }[];
}

/** What promtool is asked about alerts, over all test files. */
export const alertTests = (): readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[] =>
  readdirSync(new URL('prometheus/tests/', DASHBOARDS)).flatMap((file) =>
    (parse(read(`prometheus/tests/${file}`)) as RuleTests).tests.flatMap((test) => test.alert_rule_test ?? []),
  );

/** A text file in dashboards/. */
export const text = read;
