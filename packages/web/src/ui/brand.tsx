import classes from './brand.module.css';

/** Two halves that fit together: what a symbolon was. */
export function Brand() {
  return (
    <span className={classes.brand}>
      <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
        <path className={classes.left} d="M16 2a14 14 0 0 0 0 28l-3-7 5-7-5-7z" />
        <path className={classes.right} d="M18.5 2.22A14 14 0 0 1 18.5 29.78L15.7 23l5-7-5-7z" />
      </svg>
      Symbolon
    </span>
  );
}
