import type { Database } from '../platform/db/database.ts';
import type { Figure } from '../platform/http/metrics.ts';
import { compactionState } from './compaction.store.ts';
import { compressionState } from './compression.store.ts';

/** What compaction tells a monitoring system. `compaction_due_series` that only grows: it does not keep up, or cannot. */
export async function compactionFigures(database: Database): Promise<Figure[]> {
  const { waiting, due, rewrites, joined, kept, keptBytes } = await compactionState(database);
  const { toCompress, toCompressBytes, compressed, storedBefore, storedAfter } = await compressionState(database);
  return [
    { name: 'compaction_waiting_series', help: 'Series of several packs that were not looked at yet.', value: waiting },
    { name: 'compaction_due_series', help: 'Those that have been quiet for long enough.', value: due },
    { name: 'compaction_joined_packs', help: 'Packs that were joined with others so far.', value: joined },
    { name: 'compaction_new_packs', help: 'Packs that they became.', value: rewrites },
    {
      name: 'compression_waiting_packs',
      help: 'Packs that nobody tried to compress yet, 100000 at most.',
      value: toCompress,
    },
    { name: 'compression_waiting_bytes', help: 'Room that their image halves take.', value: toCompressBytes },
    { name: 'compressed_packs', help: 'Packs that were written compressed so far.', value: compressed },
    { name: 'compressed_bytes_before', help: 'Room that their image halves took before.', value: storedBefore },
    { name: 'compressed_bytes_after', help: 'Room that they took when they were written.', value: storedAfter },
    { name: 'replaced_packs', help: 'Packs that were replaced and are kept for those who read them.', value: kept },
    { name: 'replaced_bytes', help: 'Room that they take.', value: keptBytes },
  ];
}
