import { expect, test } from 'vitest';
import { labelsOfRequest } from '../../../src/runtime/request-labels.ts';

test('a label from the baggage is the whole value, also where an equals sign stands in it, without what is said about it', () => {
  const baggage = 'tenant = YWNtZQ== ;ttl=1 , feature=a%3Db%20c,team,=nobody,user=100%';
  expect(labelsOfRequest({ baggage }, {}, ['tenant', 'feature', 'team', 'user', 'plan'])).toEqual({ tenant: 'YWNtZQ==', feature: 'a=b c', user: '100%' });
});
