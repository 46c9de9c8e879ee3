/** What a client asks of the service. */
export interface Request {
  readonly route: string;
  readonly feature: string;
  readonly team: string;
  readonly user: string;
  readonly text: string;
  readonly model?: string;
  /** After so many milliseconds the client goes away. */
  readonly leaveAfterMs?: number;
}

/** How the service answered. */
export interface Answer {
  readonly status: number | 'left';
}

/** Sends a request to the service and reads its answer to the end, as a browser would. */
export const ask = async (url: string, request: Request): Promise<Answer> => {
  const leave = new AbortController();
  const timer = request.leaveAfterMs === undefined ? undefined : setTimeout(() => leave.abort(), request.leaveAfterMs);
  try {
    const response = await fetch(`${url}/${request.route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-feature': request.feature, 'x-team': request.team, 'x-user': request.user },
      body: JSON.stringify({ text: request.text, ...(request.model === undefined ? {} : { model: request.model }) }),
      signal: leave.signal,
    });
    await response.text();
    return { status: response.status };
  } catch (error) {
    if (leave.signal.aborted) return { status: 'left' };
    throw error;
  } finally {
    clearTimeout(timer);
  }
};
