import { EventEmitter } from 'node:events';

/** The most listeners that we have on one event of the process: what ends it, and the status socket. */
const OURS = 2;

/**
 * Lets Node not count our listeners on the process: an app with as many of its own as go without a warning would be warned of one too many. What the app
 * itself sets, for the process or for everything, holds for its own. Gives what ends that.
 * @source Node 20 to 26, lib/events.js: `_getMaxListeners` reads `_maxListeners`, and the default where that is undefined; 0 is no bound
 */
export const leaveRoom = (): (() => void) => {
  const before = Object.getOwnPropertyDescriptor(process, '_maxListeners');
  if (before !== undefined && (!('value' in before) || before.configurable !== true)) return () => undefined;
  let own: unknown = before?.value;
  Object.defineProperty(process, '_maxListeners', {
    configurable: true,
    enumerable: before?.enumerable ?? true,
    get: () => {
      const most = typeof own === 'number' ? own : EventEmitter.defaultMaxListeners;
      return most === 0 ? 0 : most + OURS;
    },
    set: (most: unknown) => {
      own = most;
    },
  });
  return () => {
    if (before === undefined) Reflect.deleteProperty(process, '_maxListeners');
    else Object.defineProperty(process, '_maxListeners', { ...before, value: own });
  };
};
