import { systemClock } from '../base/clock.ts';
import { loadConfig } from '../config/load.ts';
import { parseBudgets } from '../policies/budget/parse-budgets.ts';
import { openStoreView, servicesFolder } from '../runtime/store.ts';
import { run as runBudgets } from './budgets.ts';
import type { Command } from './io.ts';
import { otherServices } from './other-services.ts';

/** Runs `purser budgets` on the budgets and the store of the configuration in force here. */
export const run: Command = (args, { stdout, stderr, cwd, env }) => {
  const { config, problems } = loadConfig({ env, cwd });
  for (const { message } of problems) stderr.write(`${message}\n`);
  const { budgets, problems: wrong } = parseBudgets(config.budgets?.value ?? []);
  for (const { path, seen, wanted } of wrong) stderr.write(`${path} is ${seen}, wanted ${wanted}.\n`);
  const places = servicesFolder(config);
  if (places !== undefined) stderr.write(otherServices(config, places.folder, 'budgets', 'budgets', places.suffix));
  const io = { stdout: (text: string) => void stdout.write(text), stderr: (text: string) => void stderr.write(text), cwd };
  return runBudgets(args, io, { budgets, openStore: () => openStoreView(config, systemClock) });
};
