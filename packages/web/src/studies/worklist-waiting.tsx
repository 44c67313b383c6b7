import { Skeleton, VisuallyHidden } from '@mantine/core';
import classes from './worklist.module.css';
import type { Search } from './worklist-search.ts';
import { columnCount, WorklistHead } from './worklist-table.tsx';

const rows = Array.from({ length: 10 }, (_, row) => row);

/** As tall as the rows that are to come, so that nothing jumps when they do. */
export function WorklistWaiting({ search, cards }: { readonly search: Search; readonly cards: boolean }) {
  return (
    <>
      <VisuallyHidden role="status">Studies are being looked for …</VisuallyHidden>
      {cards ? (
        <ul className={classes.cards} aria-hidden inert>
          {rows.slice(0, 6).map((row) => (
            <li key={row} className={classes.card}>
              <Skeleton height={88} />
            </li>
          ))}
        </ul>
      ) : (
        <table className={classes.table} aria-hidden inert>
          <WorklistHead search={search} onSort={() => undefined} />
          <tbody>
            {rows.map((row) => (
              <tr key={row}>
                {Array.from({ length: columnCount }, (_, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: they are nothing but places
                  <td key={column}>
                    <Skeleton height={14} width={`${40 + ((row * 7 + column * 13) % 50)}%`} my={11} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
