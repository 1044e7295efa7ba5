import { contract, type DeskContract } from '../../../shared/contract/index.ts';
import { createHandlers } from './handlers.ts';
import type { Desk } from '../services.ts';
import { publisher, serve, type Invoke, type Publish } from './serve.ts';

/**
 * What windows and pages speak; a file of its own, so that a command that has none does not load
 * every schema.
 */
export const publishTo = (send: (name: string, payload: unknown) => void): Publish<DeskContract> =>
  publisher(contract, send);
export const invokeOn = (desk: Desk, onBug: (name: string, thrown: unknown) => void): Invoke =>
  serve(contract, createHandlers(desk), onBug);
