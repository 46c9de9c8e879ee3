import { describe, expect, it } from 'vitest';
import { watchKillSwitch } from '../../../src/config/kill-switch.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { watchConfig, type Reload } from '../../../src/config/watch.ts';
import { memoryFiles } from './memory-files.ts';

const nothing = (): void => {};

const PATH = '/app/purser.config.yaml';

const watched = (text: string) => {
  const content: Record<string, string> = { [PATH]: text };
  const input = { env: { PURSER_TENANT: 'fixed' }, cwd: '/app', files: memoryFiles(content) };
  const reloads: Reload[] = [];
  let stopped = false;
  let changed = nothing;
  const watch = watchConfig({
    input,
    loaded: loadConfig(input),
    onReload: (reload) => reloads.push(reload),
    watchFile: (path, intervalMs, onChange) => {
      expect([path, intervalMs]).toEqual([PATH, 5_000]);
      changed = onChange;
      return () => {
        stopped = true;
      };
    },
  });
  const edit = (next: string): Reload | undefined => {
    content[PATH] = next;
    changed();
    return reloads.splice(0).at(-1);
  };
  return { edit, stop: watch.stop, isStopped: () => stopped, remove: () => void delete content[PATH], check: () => watch.check(), reloads };
};

describe('a watched config file', () => {
  it('hands out new budgets, labels, redaction and alerts', () => {
    const { edit } = watched('labels: {team: a}\n');
    const reload = edit('labels: {team: b}\nbudgets: [{id: x}]\n');
    expect(reload).toMatchObject({ kind: 'changed', needsRestart: [], config: { labels: { team: 'b', tenant: 'fixed' }, budgets: { value: [{ id: 'x' }] } } });
    expect(reload?.kind === 'changed' && [...reload.changed].sort()).toEqual(['budgets', 'labels.team']);
  });

  it('keeps the last good one after a bad edit, and goes on with the next good one', () => {
    const { edit } = watched('labels: {team: a}\n');
    expect(edit('labels: {team: b\n')).toMatchObject({ kind: 'refused', problems: [{ code: 'config_unreadable' }] });
    expect(edit('labels: {team: c, metric_cap: lots}\n')).toMatchObject({ kind: 'refused', problems: [{ key: 'labels.metric_cap', line: 1 }] });
    expect(edit('labels: {team: a}\n')).toBeUndefined();
    expect(edit('labels: {team: d}\n')).toMatchObject({ kind: 'changed', config: { labels: { team: 'd' } } });
  });

  it('keeps it when the file goes away', () => {
    const { remove, check, reloads } = watched('labels: {team: a}\n');
    remove();
    check();
    expect(reloads).toMatchObject([{ kind: 'refused' }]);
  });

  it('does not hold a fault of the start against a later edit, wherever its line has moved to', () => {
    const { edit } = watched('labels: {team: a, metric_cap: lots}\n');
    expect(edit('strict: no\nlabels: {team: b, metric_cap: lots}\n')).toMatchObject({ kind: 'changed', config: { labels: { team: 'b' } } });
    expect(edit('labels: {team: c, metric_cap: more}\n')).toMatchObject({ kind: 'refused', problems: [{ key: 'labels.metric_cap' }] });
  });

  it('says which changes need a restart, and leaves those options as they are', () => {
    const { edit } = watched('store: {kind: memory}\n');
    const reload = edit('store: {kind: redis}\nlabels: {team: b}\n');
    expect(reload).toMatchObject({ kind: 'changed', needsRestart: ['store.kind'], changed: ['labels.team'], config: { store: { kind: 'memory' } } });
    expect(edit('store: {kind: redis}\nlabels: {team: c}\n')).toMatchObject({ needsRestart: [], changed: ['labels.team'] });
  });

  it('says nothing when a change does not change the values', () => {
    const { edit } = watched('labels: {team: a}\n');
    expect(edit('# a comment\nlabels:\n  team: a\n')).toBeUndefined();
  });

  it('does not refuse an edit for a fault that the app was started with', () => {
    const { edit } = watched('lables: {team: a}\n');
    expect(edit('lables: {team: a}\nlabels: {team: b}\n')).toMatchObject({ kind: 'changed', config: { labels: { team: 'b' } } });
  });

  it('stops', () => {
    const { stop, isStopped } = watched('');
    stop();
    expect(isStopped()).toBe(true);
  });
});

describe('the kill switch', () => {
  it('turns with the signal file', () => {
    let there = false;
    let changed = nothing;
    const turns: boolean[] = [];
    const kill = watchKillSwitch({
      file: '/run/purser.off',
      intervalMs: 1_000,
      exists: () => there,
      onTurn: (on) => turns.push(on),
      watchFile: (_, __, onChange) => {
        changed = onChange;
        return nothing;
      },
    });
    expect(kill.isOn()).toBe(false);
    there = true;
    changed();
    expect(kill.isOn()).toBe(true);
    changed();
    there = false;
    changed();
    expect(kill.isOn()).toBe(false);
    expect(turns).toEqual([true, false]);
  });

  it('is always off without a file', () => {
    expect(watchKillSwitch({ file: undefined, intervalMs: 1_000 }).isOn()).toBe(false);
  });
});
