import { Metadata, Server, ServerCredentials, status, type handleUnaryCall, type ServiceDefinition } from '@grpc/grpc-js';

/** OTLP over gRPC by the official server, in front of a receiver of OTLP over HTTP. */
export interface GrpcFront {
  readonly url: string;
  /** What the next calls are answered with instead. */
  failWith(code: status, times: number): void;
  calls(): number;
  close(): void;
}

const PATHS = { trace: 'traces', metrics: 'metrics', logs: 'logs' } as const;
const SERVICES = { trace: 'TraceService', metrics: 'MetricsService', logs: 'LogsService' } as const;

const method = (path: string) => ({
  path,
  requestStream: false,
  responseStream: false,
  requestSerialize: (bytes: Buffer) => bytes,
  requestDeserialize: (bytes: Buffer) => bytes,
  responseSerialize: (bytes: Buffer) => bytes,
  responseDeserialize: (bytes: Buffer) => bytes,
});

/** Starts the server; what it takes is handed on to `receiver`, an address without a path. */
export const startGrpcFront = async (receiver: string): Promise<GrpcFront> => {
  const server = new Server();
  let failing: { readonly code: status; times: number } = { code: status.OK, times: 0 };
  let calls = 0;
  for (const kind of ['trace', 'metrics', 'logs'] as const) {
    const handle: handleUnaryCall<Buffer, Buffer> = (call, answer) => {
      calls += 1;
      if (failing.times > 0) {
        failing.times -= 1;
        return answer({ code: failing.code, details: 'as asked', metadata: new Metadata() });
      }
      const headers: Record<string, string> = { 'content-type': 'application/x-protobuf' };
      for (const name of ['x-tenant', 'user-agent']) headers[name] = String(call.metadata.get(name)[0] ?? '');
      void fetch(`${receiver}/v1/${PATHS[kind]}`, { method: 'POST', headers, body: new Uint8Array(call.request) })
        .then(async (response) => answer(null, Buffer.from(await response.arrayBuffer())))
        .catch(() => answer({ code: status.INTERNAL, details: 'receiver', metadata: new Metadata() }));
      return undefined;
    };
    const definition: ServiceDefinition = { Export: method(`/opentelemetry.proto.collector.${kind}.v1.${SERVICES[kind]}/Export`) };
    server.addService(definition, { Export: handle });
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    failWith: (code, times) => (failing = { code, times }),
    calls: () => calls,
    close: () => server.forceShutdown(),
  };
};
