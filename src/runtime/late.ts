import type { EmitEvent, Meter } from '../call/event.ts';

/** A meter and an event channel that stations are given before telemetry, which needs those stations, is there. */
export interface LateTelemetry {
  readonly meter: Meter;
  readonly emit: EmitEvent;
  /** Sends everything on to the real ones from now on. */
  connect(target: { readonly meter: Meter; readonly emit: EmitEvent }): void;
}

/** Breaks the circle between telemetry and the stations that report through it. */
export const lateTelemetry = (): LateTelemetry => {
  let target: { readonly meter: Meter; readonly emit: EmitEvent } | undefined;
  return {
    meter: {
      add: (metric, value, attributes) => target?.meter.add(metric, value, attributes),
      record: (metric, value, attributes) => target?.meter.record(metric, value, attributes),
      set: (metric, value, attributes) => target?.meter.set(metric, value, attributes),
    },
    emit: (event) => target?.emit(event),
    connect: (next) => {
      target = next;
    },
  };
};
