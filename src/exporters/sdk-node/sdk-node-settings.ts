import type * as Api from '@opentelemetry/api';
import type * as Undici from '@opentelemetry/instrumentation-undici';
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';
import type * as SdkNode from '@opentelemetry/sdk-node';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';

/** What starting a full SDK for the whole process needs. */
export interface SdkNodeSettings {
  readonly api: typeof Api;
  /** Gives the SDK; 170 to 460 ms, so that only this mode pays for it. May throw. */
  readonly loadSdk: () => typeof SdkNode;
  /** Gives the instrumentation of fetch; none to leave requests unseen. May throw. */
  readonly loadUndici?: () => typeof Undici;
  /** Whether requests to that origin make no span and carry no trace headers: the calls of providers have a span already. */
  readonly ignoreOrigin: (origin: string) => boolean;
  /** Clean what any library makes, before the exporters of the SDK see it. */
  readonly redactSpans: SpanProcessor;
  readonly redactLogs: LogRecordProcessor;
}

/** A full SDK that runs for the whole process. No method throws or rejects. */
export interface RunningSdk {
  flush(timeoutMs: number): Promise<void>;
  shutdown(timeoutMs: number): Promise<void>;
}
