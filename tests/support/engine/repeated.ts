import path from 'node:path';
import { SqliteTransferStore } from '../../../src/main/adapters/sqlite/transfer-store.ts';

/** Adds to a home that is closed an older record of the same download, as earlier versions did. */
export function repeatTransfer(home: string, id: string): void {
  const store = new SqliteTransferStore(path.join(home, 'transfers.sqlite'), (damage) => {
    throw new Error(JSON.stringify(damage));
  });
  const older = <T extends { id: string; addedAtMs: number }>(rows: readonly T[]): T[] =>
    rows
      .filter((row) => row.id === id)
      .map((row) => ({ ...row, id: `${id}_before`, addedAtMs: row.addedAtMs - 1000 }));
  store.save(older(store.all()));
  store.saveHistory(older(store.history()));
  store.close();
}
