import type { Database } from '../platform/db/database.ts';
import type { Figure } from '../platform/http/metrics.ts';
import { countAllUnreviewed } from './opening.store.ts';

/** What a monitoring system is told of emergencies: how many nobody has looked at. */
export async function openingFigures(database: Database): Promise<Figure[]> {
  return [
    {
      name: 'emergency_openings_unreviewed',
      help: 'Studies that were opened in an emergency, which nobody has reviewed.',
      value: await countAllUnreviewed(database),
    },
  ];
}
