import { pages } from '@symbolon/contract';
import { IconAlertTriangle, IconUpload } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { formatCount } from '../ui/amounts.ts';
import { percent } from './show/progress-words.ts';
import classes from './upload-indicator.module.css';
import { useUpload } from './upload-store.ts';

/** How far the upload is, for the head of every page; nothing while there is none, or where it is another person's. */
export function UploadIndicator({ userId }: { readonly userId: string }) {
  const { stage, send, end, broken, userId: owner } = useUpload();
  if (owner !== userId || (stage !== 'sending' && stage !== 'ended')) return null;
  const halted = broken || (stage === 'sending' && send?.state.kind === 'halted');
  let text = 'starting';
  if (halted) text = 'needs you';
  else if (stage === 'ended')
    text = end !== undefined && end.refused > 0 ? `done, ${formatCount(end.refused)} not taken` : 'done';
  else if (send?.state.kind === 'paused') text = 'paused';
  else if (send?.state.kind === 'waiting') text = 'waiting';
  else if (send !== undefined) text = `${percent(send)} %`;
  return (
    <Link to={pages.upload} className={classes.indicator} data-bad={halted}>
      {halted ? <IconAlertTriangle size={16} aria-hidden /> : <IconUpload size={16} aria-hidden />}
      <span>Upload {text}</span>
    </Link>
  );
}
