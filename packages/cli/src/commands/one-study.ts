import { type Exchange, findStudies } from '@symbolon/client';
import { CliError } from '../errors.ts';

/** A UID as an option gives it. */
export function readUid(option: string): (text: string) => string {
  return (text) => {
    if (/^[0-9.]{1,64}$/.test(text)) return text;
    throw new CliError('OPTION_WRONG', `${option} takes a UID: digits and dots, at most 64`);
  };
}

const idForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A Study Instance UID, or the id by which the exchange names one of several studies under it. */
export function readStudy(option: string): (text: string) => string {
  return (text) => (idForm.test(text) ? text : readUid(option)(text));
}

/** The one study that is meant: what is not to be undone is never done to several by one name. */
export async function oneStudy(exchange: Exchange, named: string): Promise<string> {
  if (idForm.test(named)) return named;
  const [study, ...more] = await findStudies(exchange, named);
  if (study === undefined)
    throw new CliError('STUDY_NOT_FOUND', 'the exchange has no study of that UID that you may see');
  if (more.length > 0)
    throw new CliError(
      'OPTION_WRONG',
      `the exchange has several studies of that UID, yours first; name one by its id: ${[study, ...more]
        .map(({ id, seriesCount, instanceCount }) => `${id} (series: ${seriesCount}, images: ${instanceCount})`)
        .join(', ')}`,
    );
  return study.id;
}
