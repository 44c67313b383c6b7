import { type Exchange, findStudies } from '@symbolon/client';
import { CliError } from '../errors.ts';

/** A UID as an option gives it. */
export function readUid(option: string): (text: string) => string {
  return (text) => {
    if (/^[0-9.]{1,64}$/.test(text)) return text;
    throw new CliError('OPTION_WRONG', `${option} takes a UID: digits and dots, at most 64`);
  };
}

/** The one study with this UID: what is not to be undone is never done to several by one name. */
export async function oneStudy(exchange: Exchange, studyInstanceUid: string): Promise<string> {
  const [study, ...more] = await findStudies(exchange, studyInstanceUid);
  if (study === undefined)
    throw new CliError('STUDY_NOT_FOUND', 'the exchange has no study of that UID that you may see');
  if (more.length > 0)
    throw new CliError('OPTION_WRONG', 'the exchange has several studies of that UID; choose one in the web app');
  return study.id;
}
