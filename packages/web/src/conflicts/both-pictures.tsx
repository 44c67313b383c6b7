import { Text } from '@mantine/core';
import { versionPicturePath } from '@symbolon/client';
import type { KeptInstance } from '@symbolon/contract';
import { useState } from 'react';
import { whichImages } from './alike.ts';
import classes from './conflicts.module.css';

/** The pictures of what is held and of what came later, side by side. */
export function BothPictures({ instance, of }: { readonly instance: KeptInstance; readonly of: number }) {
  const taken = instance.state === 'current';
  return (
    <figure className={classes.pictures}>
      <div className={classes.pair}>
        {instance.held && <Picture id={instance.held.id} label={taken ? 'Held before' : 'Held'} />}
        <Picture id={instance.id} label={taken ? 'New, taken' : 'New'} />
      </div>
      <figcaption>
        <Text size="xs" c="dimmed">
          {of > 1 && `For example ${whichImages([instance]).join(', ')}. `}Not for diagnostic use.
        </Text>
      </figcaption>
    </figure>
  );
}

function Picture({ id, label }: { readonly id: string; readonly label: string }) {
  const [broken, setBroken] = useState(false);
  return (
    <div>
      <span className={classes.pictureLabel}>{label}</span>
      <span className={classes.picture}>
        {broken ? (
          <span>No picture can be shown</span>
        ) : (
          <img
            src={versionPicturePath(id)}
            alt={label}
            loading="lazy"
            decoding="async"
            onError={() => setBroken(true)}
          />
        )}
      </span>
    </div>
  );
}
