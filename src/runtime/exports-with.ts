import type { ExportPort } from '../call/export.ts';

/** Exports of which some parts are done otherwise. */
export const exportsWith = (exports: ExportPort, own: Partial<ExportPort>): ExportPort => ({
  wantsHostRecords: exports.wantsHostRecords,
  span: (record) => exports.span(record),
  log: (record) => exports.log(record),
  connect: (source, meter) => exports.connect(source, meter),
  ...(exports.measured === undefined ? {} : { measured: exports.measured }),
  warmUp: () => exports.warmUp(),
  flush: (timeoutMs) => exports.flush(timeoutMs),
  hurry: (hurried) => exports.hurry(hurried),
  flushAtExit: (timeoutMs) => exports.flushAtExit(timeoutMs),
  shutdown: (timeoutMs) => exports.shutdown(timeoutMs),
  health: () => exports.health(),
  ...own,
});
