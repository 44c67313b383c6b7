import type { SeriesRow, StudyAnswer } from '@symbolon/contract';
import { formatDay } from '../ui/amounts.ts';
import type { Facts } from './facts.ts';
import { Live } from './live.tsx';
import { useFact } from './use-facts.ts';
import classes from './viewer.module.css';
import type { Viewport } from './viewport.ts';
import { windowText } from './window.ts';

type OverlayProps = {
  readonly viewport: Viewport;
  readonly study: StudyAnswer;
  readonly series: SeriesRow | undefined;
};

const number = ({ shown, total }: Facts): string => (shown === null ? '' : `${shown + 1} / ${total}`);
const frame = ({ place }: Facts): string =>
  place !== null && place.image.frames > 1 ? `Frame ${place.frame} of ${place.image.frames}` : '';
const window = ({ window: one, place, preview }: Facts): string =>
  one === null ? '' : `${windowText(one, place?.image.unit ?? '')}${preview ? ' · preview' : ''}`;
const zoom = ({ zoomPercent, place }: Facts): string => (place === null ? '' : `${zoomPercent} %`);
const size = ({ place }: Facts): string => (place === null ? '' : `${place.image.columns} × ${place.image.rows}`);
const lossy = ({ place }: Facts): string => (place?.image.lossy ? 'Lossy original' : '');

/** The words around the picture. */
export function Overlay({ viewport, study, series }: OverlayProps) {
  const { patient } = study;
  return (
    <>
      <div className={classes.corner} data-at="top left">
        <strong>{patient.name || 'No name'}</strong>
        <div>{patient.id}</div>
        <div className={classes.wideOnly}>
          {[patient.birthDate === null ? '' : `* ${formatDay(patient.birthDate)}`, patient.sex]
            .filter(Boolean)
            .join('  ')}
        </div>
      </div>
      <div className={classes.corner} data-at="top right">
        <div>{formatDay(study.date)}</div>
        <div className={classes.wideOnly}>{study.description}</div>
        <div className={classes.wideOnly}>
          {series?.number === null || series === undefined ? '' : `Series ${series.number}`}
        </div>
        <div>{series?.description}</div>
      </div>
      <div className={classes.corner} data-at="bottom left">
        <Live viewport={viewport} of={lossy} className={classes.warned} />
        <div className={classes.wideOnly}>Rendered as JPEG</div>
        <Live viewport={viewport} of={frame} />
        <Live viewport={viewport} of={number} className={classes.number} />
      </div>
      <div className={classes.corner} data-at="bottom right">
        <Live viewport={viewport} of={size} className={classes.wideOnly} />
        <Live viewport={viewport} of={zoom} />
        <Live viewport={viewport} of={window} />
      </div>
      <ScaleBar viewport={viewport} />
    </>
  );
}

function ScaleBar({ viewport }: { readonly viewport: Viewport }) {
  const label = useFact(viewport, ({ scaleBar }) => scaleBar?.label ?? '');
  const pixels = useFact(viewport, ({ scaleBar }) => Math.round(scaleBar?.pixels ?? 0));
  if (label === '') return null;
  return (
    <div className={classes.scale} role="img" aria-label={`Scale: ${label}`} style={{ width: pixels }}>
      {label}
    </div>
  );
}
