import { studyThumbnailPath } from '@symbolon/client';
import { useEffect, useRef, useState } from 'react';
import classes from './worklist.module.css';

/**
 * One small picture of a study, fetched when its row comes into sight and not before: each is a reading, and what browsers call
 * lazy fetches rows that nobody has scrolled to. It says nothing that the row does not: nobody is read it to.
 */
export function StudyPicture({ studyId }: { readonly studyId: string }) {
  const place = useRef<HTMLSpanElement>(null);
  const [inSight, setInSight] = useState(false);
  const [missing, setMissing] = useState(false);
  useEffect(() => {
    const { current } = place;
    if (current === null) return;
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      setInSight(true);
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return (
    <span ref={place} className={classes.picture} data-missing={missing}>
      {inSight && !missing && (
        <img
          src={studyThumbnailPath({ studyId })}
          alt=""
          decoding="async"
          draggable={false}
          onError={() => setMissing(true)}
        />
      )}
    </span>
  );
}
