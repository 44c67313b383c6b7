import { Text } from '@mantine/core';
import { pages } from '@symbolon/contract';
import { Link } from '@tanstack/react-router';
import classes from '../administration/administration.module.css';
import { Card } from '../ui/card.tsx';

/** Where the terms of use are set, and where one sees who accepted them. */
export function TermsCard() {
  return (
    <Card title="Terms of use">
      <Text size="sm" className={classes.text}>
        What everybody accepts before they go on, in every version that there was, and who did.{' '}
        <Link to={pages.terms} className={classes.link}>
          Terms of use
        </Link>
      </Text>
    </Card>
  );
}
