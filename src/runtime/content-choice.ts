import type { Config } from '../config/config.ts';

/** Chooses the calls whose content is recorded: a share of all, and the failed ones where the owner wants them whatever the share. */
export const contentChoice = ({ telemetry }: Config, random: () => number = Math.random): ((failed: boolean) => boolean) => {
  const { contentSampleRate, contentOnError } = telemetry;
  return (failed) => (failed && contentOnError) || contentSampleRate >= 1 || random() < contentSampleRate;
};
