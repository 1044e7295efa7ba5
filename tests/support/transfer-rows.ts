import { NO_EVIDENCE } from '../../src/shared/contract/evidence.ts';
import type { FileEvidence, FileProgress, StoredFile, StoredTransfer } from '../../src/main/transfers/ports.ts';

export const transfer = (id: string, position: number, more: Partial<StoredTransfer> = {}): StoredTransfer => ({
  id, kind: 'package', assetId: 'ast_1', packageId: 'pkg_1', rev: 3, purpose: 'web', title: 'Été', label: 'Web', source: 'pkg_1', destination: '/to', folder: null, acknowledge: ['rst_1'],
  sha256: null, hashAnyway: false, strict: true, repair: false, repairOnly: ['a/0.mov'], evidence: NO_EVIDENCE, state: { phase: 'waiting', reason: 'disk-full', untilMs: 5, shortBytes: 6 }, attempts: 2, urgent: true, position, deadlineMs: 10, limitBytesPerSecond: 11, folderName: 'a/b', cleared: true, rights: null, receivedBytes: 7, totalBytes: null,
  filesDone: 1, filesTotal: 2, addedAtMs: 8, finishedAtMs: null, resumes: 1, refetchedBytes: 9, manifest: '{"a":1}', ...more,
});
const progress: FileProgress = { written: [[0, 5], [9, 12]], durable: [[0, 5]], bootId: 'boot', validator: { originId: 'local', etag: '"x"', servedBy: 'https://one.example' }, totalBytes: 12 };
export const evidence: FileEvidence = {
  startedAtMs: 1, finishedAtMs: null, verifiedBy: null, refetchedBytes: 2, copiedFrom: '/there', repairedPieces: [3],
  origins: [{ originId: 'local', host: 'origin.example', redirectedTo: null, route: { by: 'socket', why: 'plain' }, answers: 1, bytes: 12, faults: ['stalled'], dropped: false }],
};
export const stored = (index: number): StoredFile => ({
  index, path: `a/${index}.mov`, given: `a?/${index}.mov`, bytes: 12, sha256: 'f'.repeat(64), done: false, verified: false, partIsOurs: true, error: { code: 'stalled', message: 'why', retryable: true }, progress, evidence,
});
