import classes from '../upload.module.css';

type ProgressBarProps = {
  readonly label: string;
  /** In words, for who cannot see the bar. */
  readonly text: string;
  /** Undefined while nobody knows how much there is. */
  readonly percent: number | undefined;
  readonly paused?: boolean;
};

export function ProgressBar({ label, text, percent, paused = false }: ProgressBarProps) {
  const value = percent === undefined ? {} : { 'aria-valuenow': percent };
  return (
    <div
      className={classes.track}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuetext={text}
      data-busy={percent === undefined}
      data-paused={paused}
      {...value}
    >
      <div style={percent === undefined ? {} : { width: `${percent}%` }} />
    </div>
  );
}
