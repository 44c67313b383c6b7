import type { BackupsStatusAnswer, KeysBackupAnswer, OpeningsStatus } from '@symbolon/contract';
import { useLocation } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useBackupsStatus } from '../backups/backup-queries.ts';
import { LateBanner } from '../backups/late-banner.tsx';
import { BackupBanner } from '../keys/backup-banner.tsx';
import { useKeysBackup } from '../keys/key-queries.ts';
import { useOpeningsStatus } from '../openings/opening-queries.ts';
import { OpeningsBanner } from '../openings/openings-banner.tsx';
import { mayDo, useMe } from './session.ts';
import { touch } from './touch.ts';

/** Nobody's hand is on its way to something for so long. */
const untouchedMs = 5_000;
const lookEveryMs = 1_000;

type Standing = {
  /** The page they came with. */
  readonly path: string;
  readonly keys: KeysBackupAnswer | undefined;
  readonly backups: BackupsStatusAnswer | undefined;
  readonly openings: OpeningsStatus | undefined;
};

type WarningsProps = {
  /** The page is shown: what comes now comes late. */
  readonly ready: boolean;
  onReady(): void;
};

/**
 * The warnings above every page. They come and go with a page, or while nobody touches it: one that pushed the list down under a
 * hand would have it open another patient's study.
 */
export function Warnings({ ready, onReady }: WarningsProps) {
  const me = useMe();
  const { pathname: path } = useLocation();
  const keys = useKeysBackup(mayDo(me, 'key.view'));
  const backups = useBackupsStatus(mayDo(me, 'backup.view'));
  const openings = useOpeningsStatus(mayDo(me, 'emergency.review'));
  const now: Standing = { path, keys: keys.data, backups: backups.data, openings: openings.data };
  const [standing, stand] = useState(now);
  const answered = ![keys, backups, openings].some(({ isLoading }) => isLoading);
  const changed = (Object.keys(now) as (keyof Standing)[]).some((name) => now[name] !== standing[name]);
  const comes = changed && (path !== standing.path || !ready);
  if (comes) stand(now);
  useEffect(() => {
    if (answered && !ready) onReady();
  }, [answered, ready, onReady]);
  useEffect(() => {
    if (!changed || comes) return;
    const timer = setInterval(() => {
      if (Date.now() - touch.at() > untouchedMs) stand(now);
    }, lookEveryMs);
    return () => clearInterval(timer);
  });
  return (
    <>
      {standing.keys && <BackupBanner {...standing.keys} />}
      {standing.backups && <LateBanner {...standing.backups} />}
      {standing.openings && <OpeningsBanner {...standing.openings} />}
    </>
  );
}
