import type Http from 'node:http';
import type Https from 'node:https';
import type Net from 'node:net';
import type Tls from 'node:tls';

interface Builtins {
  readonly 'node:http': typeof Http;
  readonly 'node:https': typeof Https;
  readonly 'node:net': typeof Net;
  readonly 'node:tls': typeof Tls;
}

/** Gives a module of Node when an alert needs it: an app that never alerts never loads it for us. */
export const loadBuiltin = <K extends keyof Builtins>(name: K): Builtins[K] => process.getBuiltinModule(name) as Builtins[K];
