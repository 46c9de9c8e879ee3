import type { ExportValue } from '../../call/export.ts';
import type { AttributeName } from '../catalog/attributes.ts';

/** Attributes in the making; only names of the catalog go in. */
export type Draft = Record<string, ExportValue>;

/** Puts a value under a name of the catalog, unless there is none. */
export const put = (draft: Draft, name: AttributeName, value: ExportValue | undefined): void => {
  if (value !== undefined) draft[name] = value;
};
