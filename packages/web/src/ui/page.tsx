import { Group, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import classes from './page.module.css';

type PageProps = {
  /** Never a name or an id: it stands in the browser's history. */
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** `narrow` for forms and texts; `full` where a page wants every pixel. */
  readonly width?: 'normal' | 'narrow' | 'full';
  /** The heading is there for screen readers only, where the page shows something better. */
  readonly hiddenTitle?: boolean;
};

/** What every page is: a title in the window, the one heading, its actions, its content. */
export function Page({ title, actions, children, width = 'normal', hiddenTitle = false }: PageProps) {
  useEffect(() => {
    document.title = `${title} – Symbolon`;
  }, [title]);
  const heading = (
    <Title order={1} size="h3" className={hiddenTitle ? classes.hidden : undefined}>
      {title}
    </Title>
  );
  return (
    <div className={classes.page} data-width={width}>
      {hiddenTitle && actions === undefined ? (
        heading
      ) : (
        <Group justify="space-between" gap="sm" className={classes.head}>
          {heading}
          {actions !== undefined && <Group gap="xs">{actions}</Group>}
        </Group>
      )}
      {children}
    </div>
  );
}
