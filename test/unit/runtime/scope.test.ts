import { expect, test } from 'vitest';
import type { Labels } from '../../../src/call/labels.ts';
import { currentScope, withLabels } from '../../../src/runtime/scope.ts';

const seen = (labels: unknown): Labels | undefined => withLabels(labels as Labels, () => currentScope().labels);

test('labels that are none run the work all the same', () => {
  for (const labels of [undefined, null, {}, 'feature', 7]) expect(Object.keys(seen(labels) ?? {}).length).toBeLessThan(8);
  expect([seen(undefined), seen(null), seen({})]).toEqual([{}, {}, {}]);
});

test('what is no text says nothing, and leaves what the outer scope says', () => {
  expect(seen({ team: 5, tenant: null, feature: undefined, user: 'u', tags: { a: 1, b: null } })).toEqual({ team: '5', user: 'u', tags: { a: '1' } });
  expect(withLabels({ tenant: 't', tags: { x: '1' } }, () => seen({ tenant: null, tags: { y: '2' } }))).toEqual({ tenant: 't', tags: { x: '1', y: '2' } });
});
