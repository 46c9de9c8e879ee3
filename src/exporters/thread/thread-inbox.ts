import { BroadcastChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { guard } from '../../base/diag.ts';
import type { ThreadMessage } from './thread-message.ts';

/** Where the main thread hears what its worker threads have to tell. */
export interface ThreadInbox {
  /** Takes at once what was told by now, also where no event loop runs any more. */
  drain(): void;
  close(): void;
}

/** Opens the inbox; it holds no process open. `take` must not throw. */
export const openThreadInbox = (name: string, take: (message: ThreadMessage) => void): ThreadInbox => {
  const channel = new BroadcastChannel(name);
  channel.addEventListener('message', (event) => guard('thread_message', () => take((event as unknown as MessageEvent<ThreadMessage>).data)));
  channel.unref();
  // Node takes such a channel here as well; its types do not say so.
  const port = channel as unknown as MessagePort;
  return {
    drain() {
      for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
        guard('thread_message', () => take(next?.message as ThreadMessage));
    },
    close: () => channel.close(),
  };
};
