import classes from './terms.module.css';

/** The terms as they were written: an empty line ends a paragraph, and nothing in them is anything but text. */
export function TermsText({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by the keys
    <section className={classes.text} aria-label={label} tabIndex={0}>
      {text.split(/\n{2,}/).map((paragraph, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a text that is shown does not change
        <p key={at}>{paragraph}</p>
      ))}
    </section>
  );
}
