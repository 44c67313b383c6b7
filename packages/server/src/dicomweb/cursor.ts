import type { WalkPlace } from '../studies/index.ts';
import { DicomWebError } from './errors.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A place in a walk as clients carry it to the next page. It names no one, and says nothing to who may not walk there. */
export function writeCursor({ study, given }: WalkPlace): string {
  const text = study ? `1.${given}.${study.arrivedUs}.${study.id}` : `1.${given}`;
  return Buffer.from(text).toString('base64url');
}

/** @throws DicomWebError REQUEST_INVALID */
export function readCursor(cursor: string): WalkPlace {
  const [version, given = '', arrivedUs = '', id = '', ...more] = Buffer.from(cursor.slice(0, 200), 'base64url')
    .toString('latin1')
    .split('.');
  const isPlace = arrivedUs === '' ? id === '' : /^\d{1,17}$/.test(arrivedUs) && uuid.test(id);
  if (version !== '1' || !/^\d{1,9}$/.test(given) || !isPlace || more.length > 0)
    throw new DicomWebError(
      'REQUEST_INVALID',
      'cursor is none that was given out here. Leave it out, or follow the Link header of the page before.',
    );
  return { given: Number(given), ...(arrivedUs !== '' && { study: { arrivedUs, id } }) };
}
