/** One POST that is left when the process ends. */
export interface ExitJob {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
  readonly body: Uint8Array;
  /** Whether it is a call of gRPC, headers and frame and all. */
  readonly grpc: boolean;
}
