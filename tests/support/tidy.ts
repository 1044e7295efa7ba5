import { afterAll } from 'vitest';
import { removeTemporaryFolders } from './temporary-folder.ts';

// A setup file: the runner ends its processes without letting them say goodbye, so what a test file
// has made goes after its last test.
afterAll(removeTemporaryFolders);
