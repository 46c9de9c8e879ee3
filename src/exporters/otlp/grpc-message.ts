import type { OtlpSettings } from '../exporter-settings.ts';

const FRAME_BYTES = 5;

/** Puts a message, compressed or not, into the frame in which gRPC sends it. @source https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
export const framed = (message: Buffer, compression: OtlpSettings['compression']): Buffer => {
  const head = Buffer.alloc(FRAME_BYTES);
  head.writeUInt8(compression === 'gzip' ? 1 : 0, 0);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
};

/** Gives the message of a frame; empty when there is none. */
export const unframed = (frame: Buffer): Buffer => frame.subarray(FRAME_BYTES);

/** Gives the headers of a call; the owner's come last, so that they win. */
export const grpcHeaders = (settings: OtlpSettings, userAgent: string): Record<string, string> => ({
  ':method': 'POST',
  ':path': new URL(settings.url).pathname,
  'content-type': 'application/grpc',
  te: 'trailers',
  'user-agent': userAgent,
  ...(settings.compression === 'gzip' ? { 'grpc-encoding': 'gzip' } : {}),
  ...Object.fromEntries(Object.entries(settings.headers).map(([name, value]) => [name.toLowerCase(), value])),
});

/**
 * Gives the HTTP status that stands for a status of gRPC, so that both transports are tried again after the same faults.
 * @source https://opentelemetry.io/docs/specs/otlp/#failures: cancelled, deadline exceeded, aborted, out of range, unavailable and data loss
 */
export const httpStatusOf = (grpcStatus: number): number => {
  if (grpcStatus === 0) return 200;
  return [1, 4, 10, 11, 14, 15].includes(grpcStatus) ? 503 : 400;
};
