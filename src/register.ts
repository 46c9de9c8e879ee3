/**
 * The preload: `node --require purser/register app.js`. Never throws, prints nothing on stdout, and starts nothing that the app has to wait for.
 * @module
 */
import { register } from './runtime/register.ts';

register();
