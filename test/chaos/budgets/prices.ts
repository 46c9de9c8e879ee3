/** Dollars for a million tokens, as the provider bills them and as the apps' config says. */
export const PRICES: Readonly<Record<string, { readonly input: number; readonly output: number }>> = {
  'chaos-text': { input: 3, output: 15 },
  // So dear that a stream of some dozen tokens is worth counting.
  'chaos-stream': { input: 30, output: 600 },
};
