import classes from './layout.module.css';

/** The first thing that Tab finds. A button, since an address is not touched: a secret may stand behind its `#`. */
export function SkipLink() {
  return (
    <button type="button" className={classes.skip} onClick={() => document.getElementById('main')?.focus()}>
      Skip to the content
    </button>
  );
}
