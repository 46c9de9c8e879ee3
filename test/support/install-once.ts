import { installFolder } from './install-folder.ts';

/** Installs what the tests load besides the project's own packages, before any of them runs: test files that run at once cannot share that work. */
export default function setup(): void {
  installFolder('test/matrix/wire');
  if (process.env['PURSER_REQUIRE_ALL'] !== '1') return;
  installFolder('test/matrix/hosts/sdk2');
  installFolder('test/matrix/hosts/sdk3');
}
