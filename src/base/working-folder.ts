/** The folder in which this process works; the root where it was removed, as under a service whose release folder was replaced. */
export const workingFolder = (): string => {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
};
