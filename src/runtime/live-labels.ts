import type { Labels } from '../call/labels.ts';
import type { Config } from '../config/config.ts';
import { processLabels, userIds } from './labels.ts';
import { watchRequests } from './request-labels.ts';
import type { Served } from './served.ts';

/** The labels of the process and the rules by which others come in, as the config says them now. */
export interface LiveLabels {
  /** The labels that hold for every call. */
  readonly ofProcess: () => Labels;
  /** Gives a user id as it may be shown: itself, or hashed. */
  readonly userId: (id: string) => string;
  /** Takes a request that the app serves and that came before these labels were in force. */
  served(request: Served): void;
  reload(config: Config): void;
  stop(): void;
}

const rulesOf = ({ labels }: Config): string => JSON.stringify([labels.headers, labels.baggage]);

/** Puts the labels of the config in force. */
export const createLiveLabels = (config: Config): LiveLabels => {
  let labels = processLabels(config);
  let userId = userIds(config);
  let rules = rulesOf(config);
  let requests = watchRequests(config.labels.headers, config.labels.baggage);
  return {
    ofProcess: () => labels,
    userId: (id) => userId(id),
    served: (request) => requests.served(request),
    reload(next) {
      labels = processLabels(next);
      userId = userIds(next);
      if (rulesOf(next) === rules) return;
      rules = rulesOf(next);
      requests.stop();
      requests = watchRequests(next.labels.headers, next.labels.baggage);
    },
    stop: () => requests.stop(),
  };
};
