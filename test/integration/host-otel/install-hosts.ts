import { installFolder } from '../../support/install-folder.ts';

/** Installs the pinned packages of these folders of test/matrix/hosts where they are missing. */
export const installHosts = (folders: ReadonlySet<string>): void => {
  for (const folder of folders) installFolder(`test/matrix/hosts/${folder}`);
};
