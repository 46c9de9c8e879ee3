import { expect, test } from 'vitest';
import { guard, reportedFaults, setDiagSink } from '../../../src/base/diag.ts';

const words: string[] = [];

test('what cannot be put into words is a fault like any other, and thrown at nobody', () => {
  setDiagSink({ fault: (_, message) => void words.push(message), notice: () => undefined });
  const unreadable = new Proxy(new Error('no'), { get: () => expect.fail('read'), getPrototypeOf: () => expect.fail('looked at') });
  for (const [cause, thrown] of Object.entries({ bare: Object.create(null) as unknown, unreadable, plain: new Error('yes') }))
    expect(
      guard(cause, () => {
        throw thrown;
      }),
    ).toBeUndefined();
  setDiagSink(undefined);
  expect(words).toEqual(['Error: yes']);
  expect([...reportedFaults().keys()]).toEqual(expect.arrayContaining(['bare', 'unreadable', 'plain']));
});
