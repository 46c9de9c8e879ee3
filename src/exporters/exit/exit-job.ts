/** One POST that is left when the process ends. */
export interface ExitJob {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
  /** The body in base64. */
  readonly body: string;
}
