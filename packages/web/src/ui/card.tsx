import { Stack, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import classes from './card.module.css';

/** A part of the page under a heading of its own. */
export function Card({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <section className={classes.card} aria-labelledby={id}>
      <Stack gap="sm">
        <Title order={2} size="h4" id={id}>
          {title}
        </Title>
        {children}
      </Stack>
    </section>
  );
}

/** Facts beside each other, each under its label. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className={classes.facts}>{children}</dl>;
}

export function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What is typed into a shell on the machine of the exchange, ready to be copied. */
export function ShellCommand({ children }: { readonly children: string }) {
  return (
    <pre className={classes.command}>
      <code>{children}</code>
    </pre>
  );
}
