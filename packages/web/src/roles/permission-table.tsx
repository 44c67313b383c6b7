import { VisuallyHidden } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import type { CatalogueRow, Section } from './catalogue.ts';
import classes from './roles.module.css';

type PermissionTableProps = {
  readonly caption: string;
  readonly sections: readonly Section[];
  /** The headings of the columns behind the names. */
  readonly columns: readonly string[];
  /** The cells of a row, as many as there are columns. */
  readonly cellsOf: (row: CatalogueRow) => ReactNode;
  /** A line below what the permission allows. */
  readonly noteOf?: (row: CatalogueRow) => ReactNode;
};

/** Which rows stand below their action: they are written short. Where the action is filtered out, a qualifier has its whole name. */
function rowsBelow(rows: readonly CatalogueRow[]): ReadonlySet<CatalogueRow> {
  const shown = new Set(rows.filter(({ qualifier }) => qualifier === undefined).map(({ action }) => action));
  return new Set(rows.filter(({ action, qualifier }) => qualifier !== undefined && shown.has(action)));
}

/** The catalogue as a table: a part for each object, its actions, and below an action its qualifiers. */
export function PermissionTable({ caption, sections, columns, cellsOf, noteOf }: PermissionTableProps) {
  const id = useId();
  const below = rowsBelow(sections.flatMap(({ rows }) => rows));
  return (
    <table className={classes.table} data-columns={columns.length}>
      <caption>
        <VisuallyHidden>{caption}</VisuallyHidden>
      </caption>
      <thead>
        <tr>
          <th scope="col">Permission</th>
          {columns.map((column, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name
            <th key={at} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      {sections.map(({ object, title, rows }) => (
        <tbody key={object}>
          <tr className={classes.section}>
            <th scope="rowgroup" colSpan={columns.length + 1} id={`${id}${object}`}>
              {title}
            </th>
          </tr>
          {rows.map((row) => (
            <tr key={row.permission} data-qualified={below.has(row)}>
              <th scope="row">
                <code>
                  {below.has(row) && <VisuallyHidden>{row.action}</VisuallyHidden>}
                  {below.has(row) ? `.${row.qualifier}` : row.permission}
                </code>
                <span className={classes.says}>{row.says}</span>
                {row.exchangeWide && row.qualifier === undefined && (
                  <span className={classes.note}>Concerns the whole exchange.</span>
                )}
                {noteOf?.(row)}
              </th>
              {cellsOf(row)}
            </tr>
          ))}
        </tbody>
      ))}
    </table>
  );
}
