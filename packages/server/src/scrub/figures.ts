import type { Database } from '../platform/db/database.ts';
import type { Figure } from '../platform/http/metrics.ts';
import { countFindings, latestRounds } from './scrub.store.ts';

/** What the scrub tells a monitoring system: `scrub_damaged_packs` above zero is the alarm. */
export async function scrubFigures(database: Database): Promise<Figure[]> {
  const rounds = await latestRounds(database);
  const running = rounds.find(({ endedAt }) => endedAt === null);
  const last = rounds.find(({ endedAt }) => endedAt !== null);
  const seconds = (at: string | null | undefined): number => (at ? Date.parse(at) / 1000 : 0);
  return [
    { name: 'scrub_damaged_packs', help: 'Packs that are not what was sent.', value: await countFindings(database) },
    { name: 'scrub_running', help: 'Whether a round is under way.', value: running ? 1 : 0 },
    { name: 'scrub_round_bytes', help: 'Read in the round under way.', value: running?.bytes ?? 0 },
    {
      name: 'scrub_last_end_timestamp_seconds',
      help: 'When the last round ended; 0: never.',
      value: seconds(last?.endedAt),
    },
  ];
}
