import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What the programs in one run of the tests make once and share: the empty PostgreSQL that each exchange begins with, and
 * Node's compiled modules. Removed with the run.
 */
export default function testRun(): () => void {
  // Directly under /tmp: the path of a PostgreSQL socket has at most 107 bytes.
  const folder = mkdtempSync('/tmp/sc-');
  // As root, PostgreSQL is another user, who must get through.
  chmodSync(folder, 0o711);
  process.env.SYMBOLON_TEST_CLUSTER = join(folder, 'c');
  process.env.NODE_COMPILE_CACHE = join(folder, 'modules');
  // A program that ends last may still be writing its compiled modules.
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
}
