import { studyThumbnailPath } from '@symbolon/client';
import { useState } from 'react';
import classes from './worklist.module.css';

/** One small picture of a study, fetched when it comes into sight. It says nothing that the row does not: nobody is read it to. */
export function StudyPicture({ studyId }: { readonly studyId: string }) {
  const [missing, setMissing] = useState(false);
  return (
    <span className={classes.picture} data-missing={missing}>
      {!missing && (
        <img
          src={studyThumbnailPath({ studyId })}
          alt=""
          loading="lazy"
          decoding="async"
          draggable={false}
          onError={() => setMissing(true)}
        />
      )}
    </span>
  );
}
