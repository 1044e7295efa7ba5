import { readFileSync } from 'node:fs';
import os from 'node:os';

/**
 * Changes with every start of the machine. Where the system does not name one, the minute it
 * started in stands for it.
 */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return `up-${Math.round((Date.now() - os.uptime() * 1000) / 60_000)}`;
  }
}
