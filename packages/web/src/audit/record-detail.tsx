import { detailLines } from './detail-lines.ts';
import classes from './timeline.module.css';

/** What was recorded with it, as text. */
export function RecordDetail({ detail }: { readonly detail: unknown }) {
  const lines = detailLines(detail).map((line, place) => ({ ...line, key: `${place} ${line.label}` }));
  return (
    <dl>
      {lines.map(({ key, depth, label, text }) => (
        <div key={key} className={classes.line} style={{ paddingInlineStart: `${depth * 0.75}rem` }}>
          <dt>{label || 'Said'}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
