import type { ExportAttributes, ExportValue } from '../../call/export.ts';

/** A value in OTLP's JSON form. */
export type OtlpValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly OtlpValue[] } }
  | { readonly kvlistValue: { readonly values: readonly OtlpAttribute[] } }
  | Readonly<Record<string, never>>;

/** An attribute in OTLP's JSON form. */
export interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}

/** A message in OTLP's JSON form, of which the protobuf form is made too. */
export type OtlpMessage = Readonly<Record<string, unknown>>;

/** Deepest content that is written; what lies deeper is left out. */
const DEPTH = 32;

/** Gives a value in OTLP's JSON form. */
export const otlpValue = (value: ExportValue | undefined, depth = 0): OtlpValue => {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (value === null || value === undefined || typeof value !== 'object' || depth > DEPTH) return {};
  if (Array.isArray(value)) return { arrayValue: { values: value.map((member: ExportValue) => otlpValue(member, depth + 1)) } };
  const values = Object.entries(value as ExportAttributes)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => ({ key, value: otlpValue(member, depth + 1) }));
  return { kvlistValue: { values } };
};

/** Attributes inside a message: written as JSON in OTLP's form, and as protobuf without that detour. */
export class OtlpAttributes {
  readonly values: ExportAttributes;

  /** @param values the attributes, already clean */
  constructor(values: ExportAttributes) {
    this.values = values;
  }

  /** Gives the attributes in OTLP's JSON form. */
  toJSON(): readonly OtlpAttribute[] {
    return Object.entries(this.values)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => ({ key, value: otlpValue(value) }));
  }
}

/** Gives a time in nanoseconds as a decimal string; `ms` is milliseconds since the epoch with a fraction. */
export const nanos = (ms: number): string => {
  const whole = Math.floor(ms);
  const rest = Math.round((ms - whole) * 1000);
  return rest === 1000 ? `${whole + 1}000000` : `${whole}${String(rest).padStart(3, '0')}000`;
};
